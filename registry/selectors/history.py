"""Where units were before: walks from today's blocks back to their issuance."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotFound
from registry.selectors import reference

# Each step back goes from a block to those that its opening posting closed, cut to the range
# that was asked; no index beyond those of the ledger is needed. A block that was only cut or
# merged where it lay continues the same stay: a stay begins where units came from another
# account, or came into being.
WALK = """
WITH RECURSIVE step AS (
    SELECT h.account_id, h.opened_by_id, h.closed_by_id, NULL::bigint AS until_id,
        greatest(h.first, %(first)s) AS first, least(h.last, %(last)s) AS last
    FROM registry_holding h
    WHERE h.registry_id = %(registry)s AND h.unit_type_id = %(unit_type)s
        AND h.closed_by_id IS NULL AND h.first BETWEEN registry_block_start(
            %(registry)s, %(unit_type)s, %(first)s) AND %(last)s AND h.last >= %(first)s
    UNION
    SELECT c.account_id, c.opened_by_id, c.closed_by_id,
        CASE WHEN c.account_id = s.account_id THEN s.until_id ELSE s.opened_by_id END,
        greatest(c.first, s.first), least(c.last, s.last)
    FROM step s JOIN registry_holding c ON c.closed_by_id = s.opened_by_id
        AND c.registry_id = %(registry)s AND c.unit_type_id = %(unit_type)s
        AND c.first <= s.last AND c.last >= s.first
),
begun AS (
    SELECT s.account_id, s.opened_by_id, s.until_id, range_agg(int8range(
        greatest(s.first, c.first), least(s.last, c.last), '[]')) AS serials
    FROM step s LEFT JOIN step c ON c.closed_by_id = s.opened_by_id
        AND c.first <= s.last AND c.last >= s.first
    WHERE c.account_id IS DISTINCT FROM s.account_id
    GROUP BY s.account_id, s.opened_by_id, s.until_id
)
SELECT lower(r.serials), upper(r.serials) - 1, a.number, a.name, b.opened_by_id, b.until_id,
    p.transaction_id, y.code, o.position, o.instant, p.recorded_at
FROM begun b
CROSS JOIN LATERAL unnest(b.serials) AS r (serials)
JOIN registry_account a ON a.id = b.account_id
JOIN registry_posting p ON p.id = b.opened_by_id
JOIN registry_transaction t ON t.id = p.transaction_id
JOIN registry_transactiontype y ON y.id = t.type_id
LEFT JOIN registry_position o ON o.posting_id = b.opened_by_id
ORDER BY b.opened_by_id DESC, lower(r.serials)
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Stay:
    """An account held these serials since one posting (until another, unless still)."""

    first: int
    last: int
    account_number: str
    account_name: str
    opened_by: int
    closed_by: int | None
    transaction_id: int
    transaction_type: str
    position: int | None
    instant: datetime | None
    recorded_at: datetime


def history(*, registry_id, unit_type_id, first, last, limit=10_000):
    """The stays of the serials first..last in a registry, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            WALK,
            {
                "registry": registry_id,
                "unit_type": unit_type_id,
                "first": first,
                "last": last,
                "limit": limit,
            },
        )
        return [Stay(*row) for row in cursor.fetchall()]


def registry_of(actor, *, unit_type, code=None):
    """The registry whose ledger is asked: the one named, or the one that issued the units.

    Raises: NotPermitted, NotFound (UNKNOWN_REGISTRY, LEDGER_NOT_READABLE).
    """
    registry = unit_type.registry if code is None else reference.registry(code)
    readable = permissions.readable_registries(actor)
    if readable is not None and registry.pk not in readable:
        raise NotFound(
            Failure(
                "LEDGER_NOT_READABLE",
                _("You have no ledger of this registry to read."),
                _("Name a registry in which you have a role."),
                data={"registry": registry.code},
            )
        )
    return registry
