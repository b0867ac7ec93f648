"""Reject a proposed version for a party; by the one that proposed it, take it back."""

from django.db import transaction

from linking import permissions
from linking.errors import failure
from linking.messages.values import LONGEST_OPINION
from linking.models import AgreementVersion, VersionRejection
from linking.selectors import agreements
from registry import turns
from registry.errors import Conflict, InvalidInput
from registry.lines import text_failure

from .tell_parties import require_free, tell_rejection


@transaction.atomic
def reject_version(*, actor, agreement, party, digest, reason, at) -> AgreementVersion:
    """Drops the version whose digest the actor has read; what is in force stays so.

    One party suffices: nothing comes into force that it does not want. It may have signed, unless
    other nodes hold its signature by now.

    Raises: NotPermitted (NOT_A_PARTY), NotFound, InvalidInput, Conflict (NOT_PROPOSED,
    ANOTHER_VERSION_IS_PROPOSED, SIGNATURE_BINDS), KeyUnavailable.
    """
    of = agreements.agreement(agreement)
    rejecting = permissions.require_party(actor, of, party)
    wrong = text_failure(reason, "reason", LONGEST_OPINION)
    if wrong:
        raise InvalidInput(wrong)
    turns.take(f"linking_agreement_{of.pk}")
    version = agreements.proposed(of)
    if version is None:
        raise Conflict(failure("NOT_PROPOSED"))
    if digest != bytes(version.digest):
        raise Conflict(failure("ANOTHER_VERSION_IS_PROPOSED", version=str(version.number)))
    require_free(version, rejecting)
    row = write_rejection(version, rejecting, reason, actor.person_id, at)
    tell_rejection(row, at=at)
    return version


def write_rejection(version, party, reason, person_id, at) -> VersionRejection:
    """Keeps that a party rejects a proposed version, by which it is dropped."""
    row = VersionRejection.objects.create(
        version=version, party=party, person_id=person_id, reason=reason, at=at
    )
    version.refresh_from_db(fields=["status"])
    return row
