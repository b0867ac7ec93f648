"""Proposed changes of reference data, and what became of rows. Who is signed in may read them."""

from dataclasses import dataclass

from registry import permissions, reference_tables
from registry.errors import from_gate
from registry.models import ReferenceChange, ReferenceHistory, ReferenceTable
from registry.selectors import reference_rows


@dataclass(frozen=True)
class Difference:
    """One field of a row, before and after; `differs` where it changes."""

    field: str
    label: str
    old: object
    new: object
    differs: bool


def changes(actor):
    """All proposed changes, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    return ReferenceChange.objects.select_related("proposer", "decider").order_by("-pk")


def find(actor, number) -> ReferenceChange:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_REFERENCE_CHANGE)."""
    found = changes(actor).filter(pk=number).first()
    if found is None:
        raise from_gate([{"code": "UNKNOWN_REFERENCE_CHANGE", "change": str(number)}])
    return found


def differences(table, old, new) -> list[Difference]:
    """Every field of two records of one table, as it is said."""
    rows = reference_tables.TABLES[ReferenceTable(table)]
    before, after = reference_tables.said(rows, old), reference_tables.said(rows, new)
    found = []
    for name in before or after:
        field = rows.model._meta.get_field(name)
        one, other = (before or {}).get(name), (after or {}).get(name)
        found.append(Difference(name, str(field.verbose_name), one, other, one != other))
    return found


def is_stale(change) -> bool:
    """Whether the row is no longer what it was when a change of it was proposed."""
    if change.operation == "add":
        return False
    table = reference_tables.TABLES[ReferenceTable(change.table)]
    return reference_rows.record(table, change.row_id) != change.old


def history(table, row_id):
    """What happened to a row, the latest first."""
    rows = ReferenceHistory.objects.filter(table=table, row_id=row_id)
    return rows.select_related("change__proposer", "change__decider", "loading").order_by("-pk")


def open_acts(actor, change) -> list[str]:
    """What the person may say of a change that waits."""
    if actor is None or change.status != ReferenceChange.Status.WAITING:
        return []
    if not actor.roles_in(None) & {"system_administrator", "system"}:
        return []
    return ["withdraw"] if change.proposer_id == actor.person_id else ["approve", "reject"]


def waiting_for(actor):
    """The changes that this person may decide, the oldest first."""
    waiting = changes(actor).filter(status=ReferenceChange.Status.WAITING).order_by("pk")
    if not actor.roles_in(None) & {"system_administrator", "system"}:
        return waiting.none()
    return waiting.exclude(proposer_id=actor.person_id)
