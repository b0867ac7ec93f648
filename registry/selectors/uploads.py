"""Uploads as an actor may read them: those of their registries, with what is wrong with them."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Conflict, Failure, NotFound
from registry.models import IN_WORK, Transaction, Upload, UploadPiece

from .batches import WAITING

OVER = (Upload.State.WRITTEN, Upload.State.DROPPED, Upload.State.REFUSED)


def visible(actor):
    """Uploads, the newest first, each with the status of its transaction.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = Upload.objects.select_related("registry", "person", "request").order_by("-pk")
    proposed = Transaction.objects.filter(pk=OuterRef("transaction_number"))
    rows = rows.prefetch_related("openings").annotate(
        transaction_status=Subquery(proposed.values("status"))
    )
    registries = permissions.readable_registries(actor)
    if registries is None:
        return rows
    return rows.filter(Q(registry__in=registries) | Q(person_id=actor.person_id))


def find(actor, number) -> Upload:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_UPLOAD)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise unknown_upload(number)
    return found


def errors_of(upload):
    """What is wrong with the rows, in their order; as many as are kept."""
    return upload.errors.order_by("pk")


def waiting(at) -> list[int]:
    """Numbers of the uploads that a worker is to go on with, and none does."""
    rows = Upload.objects.filter(state__in=IN_WORK, leased_until__lte=at)
    return list(rows.order_by("leased_until").values_list("pk", flat=True))


def pieces(upload_id) -> Iterator[bytes]:
    """The file, piece by piece."""
    numbers = UploadPiece.objects.filter(upload_id=upload_id).order_by("number")
    for number in list(numbers.values_list("pk", flat=True)):
        yield bytes(UploadPiece.objects.values_list("content", flat=True).get(pk=number))


def done_with(before) -> list[int]:
    """Numbers of the uploads that were over before a moment, and whose files are still kept."""
    proposed = Transaction.objects.filter(pk=OuterRef("transaction_number"))
    rows = Upload.objects.annotate(over_at=Coalesce("finished_at", "leased_until")).filter(
        Q(state__in=OVER)
        | Q(Exists(proposed.exclude(status__in=WAITING)), state=Upload.State.SUBMITTED),
        Exists(UploadPiece.objects.filter(upload=OuterRef("pk"))),
        over_at__lt=before,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def unknown_upload(number) -> NotFound:
    return NotFound(
        Failure(
            "UNKNOWN_UPLOAD",
            _("There is no such upload."),
            _("See the list of uploads."),
            data={"upload": str(number)},
        )
    )


def not_in_state(upload) -> Conflict:
    """What was asked of an upload is for another state of it."""
    return Conflict(
        Failure(
            "UPLOAD_IS_IN_ANOTHER_STATE",
            _("The upload is in a state in which this is not done."),
            _("Read the upload again: it may have gone on meanwhile."),
            data={"upload": str(upload.pk), "state": upload.state},
        )
    )
