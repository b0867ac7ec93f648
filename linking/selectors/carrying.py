"""What is read to bring a transfer between registries of this node to its end."""

from django.db import DEFAULT_DB_ALIAS

from linking.models import Transfer
from registry.prepared import Prepared, rows

from . import known_rows

COLUMNS = (
    *("id", "uuid", "role", "method", "edge_id", "sender_id", "receiver_id"),
    *("destination_id", "unit_type_id", "quantity", "period", "source_transaction_id", "state"),
)
FOUND = Prepared(
    "linking_carried",
    ("bigint",),
    """
SELECT t.id, t.uuid, t.role, t.method, t.edge_id, t.sender_id, t.receiver_id, t.destination_id,
    t.unit_type_id, t.quantity, t.period, t.source_transaction_id, t.state, s.status, s.posting_id
FROM linking_transfer t JOIN registry_transaction s ON s.id = t.source_transaction_id
WHERE t.id = $1
""",
)
BROUGHT = Prepared(
    "linking_brought",
    ("bigint", "bigint"),
    """
SELECT h.first, h.last FROM registry_holding h JOIN registry_account a ON a.id = h.account_id
WHERE h.opened_by_id = $1 AND a.stands_for_id = $2 ORDER BY h.first
""",
)
WITHHELD = Prepared(
    "linking_withheld",
    ("bigint",),
    """
SELECT coalesce(sum(withheld), 0)::bigint FROM linking_transferpart WHERE transfer_id = $1
""",
)
ACCOUNT_OF = Prepared(
    "linking_account_of",
    ("bigint", "text", "bigint"),
    """
SELECT id FROM registry_account
WHERE registry_id = $1 AND kind = $2 AND status <> 'closed'
    AND ($3 IS NULL OR stands_for_id = $3)
ORDER BY id LIMIT 1
""",
)


def found(transfer_id) -> tuple[Transfer, int, int | None]:
    """The transfer, and the status and posting of its sender's transaction; its registries and its
    unit type are known, and cost no joins. What is read seldom is read when it is asked for.

    Raises: Transfer.DoesNotExist.
    """
    answer = rows(FOUND, [transfer_id])
    if not answer:
        raise Transfer.DoesNotExist
    *values, status, posting_id = answer[0]
    carried = Transfer.from_db(DEFAULT_DB_ALIAS, COLUMNS, values)
    carried.sender = known_rows.registry(carried.sender_id)
    carried.receiver = known_rows.registry(carried.receiver_id)
    carried.destination = known_rows.accounts([carried.destination_id])[carried.destination_id]
    carried.unit_type = known_rows.unit_type(carried.unit_type_id)
    return carried, status, posting_id


def brought(posting_id, receiver_id) -> list:
    """(first, last) of what a posting has brought to the account that stands for a registry."""
    return rows(BROUGHT, [posting_id, receiver_id])


def withheld(transfer_id) -> int:
    """Units of a transfer that the acceptor's reserve keeps."""
    return rows(WITHHELD, [transfer_id])[0][0]


def account_of(registry_id, kind, stands_for_id=None) -> int | None:
    """The first account of a kind that a registry keeps and that is not closed."""
    answer = rows(ACCOUNT_OF, [registry_id, kind, stands_for_id])
    return answer[0][0] if answer else None
