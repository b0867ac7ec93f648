"""All kinds of requests."""

from registry.models import GovernanceRequest

from . import (
    accounts,
    person_changes,
    persons,
    recovery,
    representatives,
    stops,
    trusted,
    uploads,
)

_Kind = GovernanceRequest.Kind

KINDS = {
    _Kind.ACCOUNT_OPENING: accounts.OPENING,
    _Kind.ACCOUNT_CHANGE: accounts.CHANGE,
    _Kind.ACCOUNT_STATUS: accounts.STATUS,
    _Kind.ACCOUNT_CLOSURE: accounts.CLOSURE,
    _Kind.ACCOUNT_HANDOVER: accounts.HANDOVER,
    _Kind.HOLDER_MERGER: accounts.MERGER,
    _Kind.REPRESENTATIVE: representatives.APPOINTMENT,
    _Kind.RESTORATION: representatives.RESTORATION,
    _Kind.TRUSTED_ACCOUNT: trusted.ADDITION,
    _Kind.STOP_LIFTING: stops.LIFTING,
    _Kind.RECOVERY: recovery.RECOVERY,
    _Kind.PERSON: persons.ADDITION,
    _Kind.PERSON_CHANGE: person_changes.CHANGE,
    _Kind.UPLOAD: uploads.WRITING,
}
