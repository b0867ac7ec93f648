"""Proposed versions of transaction types, and what they change. Whoever is signed in may read
them, as the types."""

from django.db.models import F, Q

from registry import permissions, type_rules
from registry.errors import from_gate
from registry.models import Role, TransactionType, TypeProposal
from registry.selectors.reference_changes import Difference

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM})


def proposals(actor):
    """All proposed versions, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    rows = TypeProposal.objects.select_related("registry", "proposer", "decider", "version")
    return rows.order_by("-pk")


def find(actor, number) -> TypeProposal:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_TYPE_PROPOSAL)."""
    found = proposals(actor).filter(pk=number).first()
    if found is None:
        raise from_gate([{"code": "UNKNOWN_TYPE_PROPOSAL", "proposal": str(number)}])
    return found


def waiting(code, registry_id) -> TypeProposal | None:
    """The proposed version of a type that waits in a registry, or in all (None)."""
    status = TypeProposal.Status.AWAITING_APPROVAL
    return TypeProposal.objects.filter(code=code, registry=registry_id, status=status).first()


def waiting_for(actor):
    """The proposed versions that this person may decide, the oldest first."""
    rows = proposals(actor).filter(status=TypeProposal.Status.AWAITING_APPROVAL).order_by("pk")
    if not actor.roles_in(None) & MANAGERS:
        return rows.none()
    return rows.exclude(proposer_id=actor.person_id)


def open_acts(actor, proposal) -> list[str]:
    """What the person may say of a proposed version that waits."""
    if actor is None or proposal.status != TypeProposal.Status.AWAITING_APPROVAL:
        return []
    if not actor.roles_in(None) & MANAGERS:
        return []
    return ["withdraw"] if proposal.proposer_id == actor.person_id else ["approve", "reject"]


def versions(code):
    """All versions of a type, the latest first, with who proposed and who approved each."""
    rows = TransactionType.objects.filter(code=code)
    people = ("proposal__proposer", "proposal__decider")
    return rows.select_related("registry", *people).order_by("-valid_from", "-pk")


def names(codes) -> dict:
    """The names of types in the reader's language, by their codes."""
    rows = TransactionType.objects.filter(code__in=[*codes]).order_by("version")
    return {row.code: row.name for row in rows}


def latest(code, registry_id) -> TransactionType | None:
    """The version that the next one follows: that of the registry, or else the general one."""
    return _followed(code, registry_id).first()


def before(proposal) -> TransactionType:
    """The version that a proposed one follows, or followed when it was decided on."""
    rows = _followed(proposal.code, proposal.registry_id)
    if proposal.decided_at is not None:
        earlier = Q(proposal=None) | Q(proposal__decided_at__lt=proposal.decided_at)
        rows = rows.filter(earlier)
    return rows.first()


def differences(proposal) -> list[Difference]:
    """Every rule as it is in the version before and as it is proposed, in the order of columns;
    values are those of columns and of JSON."""
    old = before(proposal)
    found = []
    for field in TransactionType._meta.concrete_fields:
        if field.name in type_rules.FIELDS:
            one, other = plain(getattr(old, field.name)), proposal.rules[field.name]
            differs = one != other
            found.append(Difference(field.name, str(field.verbose_name), one, other, differs))
    return found


def plain(value):
    """A column's value as JSON has it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _followed(code, registry_id):
    rows = TransactionType.objects.filter(Q(registry=None) | Q(registry=registry_id), code=code)
    return rows.order_by(F("registry").asc(nulls_last=True), "-version")
