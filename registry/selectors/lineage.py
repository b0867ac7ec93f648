"""How blocks came to be as they are: which were cut from which, and which were merged."""

from dataclasses import dataclass

from django.db import connection

# Back from what is held now to what the opening postings closed, as registry/selectors/history.py
# goes; here each block stays whole, so that cuts and merges can be seen.
BACK = """
WITH RECURSIVE step AS (
    SELECT h.id, h.opened_by_id, h.first, h.last
    FROM registry_holding h
    WHERE h.registry_id = %(registry)s AND h.unit_type_id = %(unit_type)s
        AND h.closed_by_id IS NULL AND h.first BETWEEN registry_block_start(
            %(registry)s, %(unit_type)s, %(first)s) AND %(last)s AND h.last >= %(first)s
    UNION
    SELECT c.id, c.opened_by_id, c.first, c.last
    FROM step s JOIN registry_holding c ON c.closed_by_id = s.opened_by_id
        AND c.registry_id = %(registry)s AND c.unit_type_id = %(unit_type)s
        AND c.first <= least(s.last, %(last)s) AND c.last >= greatest(s.first, %(first)s)
)
SELECT h.first, h.last, h.opened_by_id, h.closed_by_id, a.id, a.number, a.name, a.terminal
FROM step s JOIN registry_holding h ON h.id = s.id JOIN registry_account a ON a.id = h.account_id
ORDER BY h.opened_by_id DESC, h.first
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Held:
    """A block that an account has held from one posting until another, or still holds."""

    first: int
    last: int
    opened_by: int
    closed_by: int | None
    account_id: int
    account_number: str
    account_name: str
    terminal: bool


def lineage(*, registry_id, unit_type_id, first, last, limit) -> list[Held]:
    """The blocks that have held any of the serials in a registry, the newest first.

    One more than `limit` if there are more: then the oldest are missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            BACK,
            {
                "registry": registry_id,
                "unit_type": unit_type_id,
                "first": first,
                "last": last,
                "limit": limit + 1,
            },
        )
        return [Held(*row) for row in cursor.fetchall()]
