"""Have an upload without errors decided on, or have an upload checked once more."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Conflict, Failure, NotPermitted
from registry.models import CHECKED_AGAIN, GovernanceRequest, Upload
from registry.selectors import uploads
from registry.services.governance import Request, ask
from registry.services.requested.uploads import payload_of

State = Upload.State


@transaction.atomic
def submit_upload(*, actor, upload_id, at) -> Upload:
    """Asks for the decision on all rows: a request, or for allocations a proposal.

    The proposal of an allocation table is made by a worker.

    Raises: NotPermitted (NOT_THE_UPLOADER), NotFound, Conflict, RuleViolated.
    """
    found = _own(actor, upload_id)
    if found.state != State.CHECKED:
        raise uploads.not_in_state(found)
    if found.kind == Upload.Kind.ALLOCATIONS:
        changes = {"state": State.PROPOSING, "leased_until": at}
    else:
        request = Request(
            GovernanceRequest.Kind.UPLOAD.value,
            found.registry_id,
            payload=payload_of(found),
            reason=found.reason,
        )
        changes = {"state": State.SUBMITTED, "request": ask(actor=actor, request=request, at=at)}
    if not Upload.objects.filter(pk=found.pk, state=State.CHECKED).update(**changes):
        raise uploads.not_in_state(found)
    return uploads.find(actor, found.pk)


@transaction.atomic
def check_again(*, actor, upload_id, at) -> Upload:
    """Has all rows checked anew, by what the registry holds now.

    Raises: NotPermitted, NotFound, Conflict (UPLOAD_IS_IN_ANOTHER_STATE,
    UPLOAD_FILE_IS_GONE).
    """
    found = _own(actor, upload_id)
    changed = Upload.objects.filter(pk=found.pk, state__in=CHECKED_AGAIN).update(
        state=State.CHECKING,
        rows_checked=0,
        rows_total=None,
        rows_digest=bytes(32),
        errors_total=0,
        checked_at=None,
        finished_at=None,
        leased_until=at,
    )
    if not changed:
        raise uploads.not_in_state(found)
    if not found.pieces.exists():
        raise Conflict(
            Failure(
                "UPLOAD_FILE_IS_GONE",
                _("The file of this upload is no longer kept."),
                _("Upload it again."),
                data={"upload": str(found.pk)},
            )
        )
    found.errors.all().delete()
    return uploads.find(actor, found.pk)


def _own(actor, upload_id):
    found = uploads.find(actor, upload_id)
    permissions.require_role(actor, permissions.KEEPERS, found.registry_id)
    if found.person_id != actor.person_id:
        raise NotPermitted(
            Failure(
                "NOT_THE_UPLOADER",
                _("Only who uploaded a file has it checked and submits it."),
                _("Ask them, or upload the file yourself."),
            )
        )
    return found
