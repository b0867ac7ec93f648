"""Uses of units in another registry than their own: those of this node's ledger, and those that
home registries of this node were told of."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Sum

from linking.errors import failure
from linking.models import UsedAbroad
from registry import permissions
from registry.errors import NotFound

# Foreign units that ended in a terminal account by these postings. What a use leaves as a
# remainder in the acceptor's reserve is held there, not used; what of it is cancelled, is used.
ENDED = """
SELECT h.registry_id, h.unit_type_id, p.id, p.recorded_at, t.id,
    CASE a.kind WHEN 'surrender' THEN 'surrender' WHEN 'retirement' THEN 'retirement'
        ELSE 'cancellation' END,
    u.period, coalesce(e.code, ''), greatest(h.first, u.first), least(h.last, u.last)
FROM ended JOIN registry_posting p ON p.id = ended.posting_id
JOIN registry_transaction t ON t.id = p.transaction_id
JOIN registry_use u ON u.posting_id = p.id
JOIN registry_unittype y ON y.id = u.unit_type_id AND y.registry_id = %(home)s
JOIN registry_holding h ON h.opened_by_id = p.id AND h.unit_type_id = u.unit_type_id
    AND h.first <= u.last AND h.last >= u.first AND h.is_foreign
JOIN registry_account a ON a.id = h.account_id AND a.terminal
LEFT JOIN registry_accountholder e ON e.id = u.entity_id
"""
PLACED = """
placed AS (
    SELECT position, posting_id FROM registry_position
    WHERE position > %(since)s AND position <= %(until)s)
"""
USED = """
WITH {placed}, ended AS (SELECT posting_id FROM placed)
{ended}
ORDER BY 3, 2, 6, 7, 8, 9
"""
UNDONE = """
WITH {placed}, reversed AS (
    SELECT o.posting_id, placed.posting_id AS by
    FROM placed JOIN registry_transaction r ON r.posting_id = placed.posting_id
    JOIN registry_transaction o ON o.id = r.reverses_id),
ended AS (SELECT posting_id FROM reversed),
used (registry, unit_type, posting, at, transaction, use, period, entity, first, last) AS (
    {ended})
SELECT DISTINCT used.registry, used.unit_type, used.posting, q.id, q.recorded_at, q.transaction_id
FROM used JOIN reversed ON reversed.posting_id = used.posting
JOIN registry_posting q ON q.id = reversed.by
ORDER BY 4, 2
"""


@dataclass(frozen=True)
class Used:
    """Units of one type that one posting has used for the same; ids of rows, but for `entity`.

    `blocks` are (first, last) from the lowest up.
    """

    registry: int
    unit_type: int
    posting: int
    at: datetime
    transaction: int
    use: str
    period: str
    entity: str
    blocks: tuple


@dataclass(frozen=True)
class Undone:
    """The use of units of one type by the posting `used` was undone by another one."""

    registry: int
    unit_type: int
    used: int
    posting: int
    at: datetime
    transaction: int


def used(home_id, since, until) -> list[Used]:
    """What was used of a registry's units by the postings since < position <= until."""
    found = {}
    for *key, first, last in _rows(USED, home_id, since, until):
        found.setdefault((*key,), []).append((first, last))
    return [Used(*key, tuple(blocks)) for key, blocks in found.items()]


def undone(home_id, since, until) -> list[Undone]:
    """Which of their uses the postings since < position <= until have undone."""
    return [Undone(*row) for row in _rows(UNDONE, home_id, since, until)]


def _rows(sql, home, since, until):
    with connection.cursor() as cursor:
        statement = sql.format(placed=PLACED, ended=ENDED)
        cursor.execute(statement, {"home": home, "since": since, "until": until})
        return cursor.fetchall()


def used_of(unit_type, ranges) -> list[UsedAbroad]:
    """The uses abroad that stand and touch some of the ranges, (first, last) each."""
    rows = UsedAbroad.objects.filter(unit_type=unit_type, undone_at=None)
    return [
        row
        for first, last in ranges
        for row in rows.filter(first__lte=last, last__gte=first).order_by("first")
    ]


def units_used(unit_type, registry) -> int:
    """How many units of a type home knows to be used in a registry."""
    rows = UsedAbroad.objects.filter(unit_type=unit_type, registry=registry, undone_at=None)
    total = rows.aggregate(units=Sum(F("last") - F("first") + 1))
    return total["units"] or 0


def visible(actor):
    """Uses abroad of units of registries that the actor reads, the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = UsedAbroad.objects.select_related("unit_type__registry", "registry", "message")
    registries = permissions.readable_registries(actor)
    if registries is not None:
        rows = rows.filter(unit_type__registry__in=registries)
    return rows.order_by("-pk")


def find(actor, number) -> UsedAbroad:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_USE)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_USE", use=str(number)))
    return found
