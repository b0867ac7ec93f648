"""An account's statement: what each posting brought and took, and the balance after it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from .holdings import UNITS, held

# The last postings by position that opened or closed a block of the account; for each unit type
# what came and what went. Blocks that were only cut or merged in place change nothing.
ENTRIES = """
WITH touched AS (
    SELECT each.posting_id, q.position, q.instant
    FROM (
        SELECT h.opened_by_id AS posting_id FROM registry_holding h
        WHERE h.account_id = %(account)s
        UNION
        SELECT h.closed_by_id FROM registry_holding h
        WHERE h.account_id = %(account)s AND h.closed_by_id IS NOT NULL
    ) each LEFT JOIN registry_position q ON q.posting_id = each.posting_id
    WHERE %(as_of)s::bigint IS NULL OR q.position <= %(as_of)s
    ORDER BY q.position DESC NULLS FIRST, each.posting_id DESC LIMIT %(limit)s
),
moved AS (
    SELECT t.posting_id, h.unit_type_id, h.last - h.first + 1 AS units
    FROM touched t JOIN registry_holding h
        ON h.opened_by_id = t.posting_id AND h.account_id = %(account)s
    UNION ALL
    SELECT t.posting_id, h.unit_type_id, - (h.last - h.first + 1)
    FROM touched t JOIN registry_holding h
        ON h.closed_by_id = t.posting_id AND h.account_id = %(account)s
)
SELECT m.posting_id, p.transaction_id, t.position, t.instant, p.recorded_at,
    u.id, u.code, sum(m.units)::bigint, x.type_id
FROM moved m
JOIN touched t ON t.posting_id = m.posting_id
JOIN registry_unittype u ON u.id = m.unit_type_id
JOIN registry_posting p ON p.id = m.posting_id
JOIN registry_transaction x ON x.id = p.transaction_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 9
HAVING sum(m.units) <> 0
ORDER BY t.position DESC NULLS FIRST, m.posting_id DESC, u.code
"""


@dataclass
class Entry:
    """What one posting changed in one account, of one unit type; `balance` is that after it."""

    posting_id: int
    transaction_id: int
    position: int | None
    instant: datetime | None
    recorded_at: datetime
    unit_type_id: int
    unit_type: str
    change: int
    type_id: int
    balance: int = 0


def statement(*, account_id, as_of=None, limit) -> list[Entry]:
    """The entries of the last `limit` postings of an account, now or as of a position.

    The newest come first. Balances are reckoned backwards from those as of the same position.
    """
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, {"account": account_id, "as_of": as_of, "limit": limit})
        entries = [Entry(*row) for row in cursor.fetchall()]
    balances = {
        unit_type: int(units)
        for unit_type, units in held(as_of=as_of)
        .filter(account_id=account_id)
        .values_list("unit_type_id")
        .annotate(units=UNITS)
    }
    for each in entries:
        each.balance = balances.get(each.unit_type_id, 0)
        balances[each.unit_type_id] = each.balance - each.change
    return entries
