"""Versions of transaction types: a system administrator proposes one, another one approves it.

Rules are data: a version holds from its date, and what was proposed before keeps the version that
it was proposed under.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import canonical, errors, lines, permissions, posting, type_rules
from registry.models import Account, Registry, Role, TransactionType, TypeProposal, UnitType
from registry.selectors import type_versions
from registry.selectors.type_versions import MANAGERS

APPROVERS = ("administrator", "system", "representative")
LONGEST_REASON = 10_000
STATUS = TypeProposal.Status


@dataclass(frozen=True)
class NewVersion:
    """What `rules` says anew of a type, the rest as it is, from a moment on.

    With a registry, the version holds there instead of the general one. `follows` is the version
    that the proposer has read, if they say so.
    """

    code: str
    rules: dict
    valid_from: datetime
    registry_id: int | None = None
    follows: int | None = None


def propose_version(*, actor, version: NewVersion, at, reason) -> TypeProposal:
    """Proposes the next version of a type.

    Raises: NotPermitted, NotFound, InvalidInput, RuleViolated, Conflict.
    """
    permissions.require_role(actor, MANAGERS, None)
    latest = _latest(version.code, version.registry_id)
    _require_reason(reason)
    before = {name: type_versions.plain(latest[name]) for name in sorted(type_rules.FIELDS)}
    whole = before | version.rules
    broken = type_rules.failures(whole, latest["effect"], _choices())
    if broken:
        raise errors.InvalidInput(*broken)
    _require_later(latest, version.registry_id, version.valid_from, at)
    said = {
        "code": version.code,
        "registry": version.registry_id and Registry.objects.get(pk=version.registry_id).code,
        "rules": _canonical(whole),
        "valid_from": version.valid_from.isoformat(),
        "reason": reason,
    }
    try:
        with transaction.atomic():
            proposed = TypeProposal.objects.create(
                code=version.code,
                registry_id=version.registry_id,
                rules=whole,
                valid_from=version.valid_from,
                reason=reason,
                payload_hash=canonical.digest(said),
                proposer_id=actor.person_id,
                api_key_id=actor.api_key_id,
                proposed_at=at,
            )
            # Only now nobody can approve another version before this one is there to be seen.
            _require_followed(version)
            return proposed
    except IntegrityError as error:
        raise errors.from_constraint("type_proposal_waits_alone") from error


def approve_version(*, actor, proposal_id, payload_hash, reason="") -> TransactionType:
    """Approves exactly the version with this hash; it holds from its date, or from now if that has
    passed.

    Raises: NotPermitted, NotFound, Conflict.
    """
    permissions.require_role(actor, MANAGERS, None)
    version = _decide(actor, proposal_id, payload_hash, STATUS.APPROVED, reason)
    return TransactionType.objects.get(pk=version)


def reject_version(*, actor, proposal_id, payload_hash, reason="") -> None:
    """Rejects the version; the one in force stays.   Raises: NotPermitted, NotFound, Conflict."""
    permissions.require_role(actor, MANAGERS, None)
    _decide(actor, proposal_id, payload_hash, STATUS.REJECTED, reason)


def withdraw_version(*, actor, proposal_id, reason="") -> None:
    """The proposer takes the version back.   Raises: NotPermitted, NotFound, Conflict."""
    permissions.require_role(actor, MANAGERS, None)
    found = TypeProposal.objects.filter(pk=proposal_id, proposer_id=actor.person_id).first()
    if found is None:
        raise errors.from_gate([{"code": "UNKNOWN_TYPE_PROPOSAL", "proposal": str(proposal_id)}])
    _decide(actor, proposal_id, bytes(found.payload_hash), STATUS.WITHDRAWN, reason)


@transaction.atomic
def _decide(actor, proposal_id, payload_hash, status, reason):
    return posting.decide_type(
        actor, proposal_id, payload_hash=payload_hash, status=status, reason=reason
    )


def _latest(code, registry_id):
    rows = TransactionType.objects.filter(code=code).order_by("-version").values()
    found = rows.filter(registry_id=registry_id).first() or rows.filter(registry_id=None).first()
    if found is None:
        raise errors.RuleViolated(
            errors.Failure(
                "UNKNOWN_TRANSACTION_TYPE",
                _("No version of this transaction type is in force."),
                _("See the list of transaction types."),
                data={"type": str(code)[:100]},
            )
        )
    return found


def _require_reason(reason):
    failure = lines.text_failure(reason, "reason", LONGEST_REASON)
    if failure is None and not reason.strip():
        failure = errors.Failure(
            "REASON_MISSING",
            _("A reason is mandatory here."),
            _("Say why; whoever decides and whoever audits reads it."),
        )
    if failure:
        raise errors.InvalidInput(failure)


def _require_followed(version):
    """What the proposer has read is still the latest."""
    if version.follows in (None, _latest(version.code, version.registry_id)["id"]):
        return
    raise errors.Conflict(
        errors.Failure(
            "TYPE_HAS_A_NEWER_VERSION",
            _("The type has a newer version than the one that this is based on."),
            _("Read the version in force, and propose the change anew."),
        )
    )


def _require_later(latest, registry_id, valid_from, at):
    """A version begins after the one that it follows, and not in the past."""
    follows = latest["registry_id"] == registry_id
    if valid_from >= at and not (follows and valid_from <= latest["valid_from"]):
        return
    raise errors.RuleViolated(
        errors.Failure(
            "TYPE_VERSION_TOO_EARLY",
            _("A version begins after the one before it, and not in the past."),
            _("Choose a later beginning."),
            data={"earliest": max(at, latest["valid_from"]).isoformat()},
        )
    )


def _canonical(rules):
    """The rules with numbers as text: quantities can be larger than JSON's numbers are exact."""
    bands = [{name: str(value) for name, value in band.items()} for band in rules["bands"] or ()]
    return {**rules, "bands": bands}


def _choices():
    kinds, statuses = Account.Kind.values, Account.Status.values
    return {
        "source_kinds": kinds,
        "destination_kinds": kinds,
        "source_statuses": statuses,
        "destination_statuses": statuses,
        "unit_kinds": UnitType.Kind.values,
        "roles": {*Role.values, "representative"},
        "approver_roles": APPROVERS,
    }
