"""One transfer on an event table: read in one transaction, write in another, no lock between."""

import json

from psycopg2.extensions import connection as Connection

# The newest event of every block is looked for first, and filtered by owner only then.
STATE = """
    SELECT data FROM (
        SELECT DISTINCT ON (data->>'creditBlockId') data, meta FROM event
        ORDER BY data->>'creditBlockId', hash DESC
    ) AS newest
"""

SPENDABLE = f"""{STATE}
    WHERE data->>'ownerCompanyId' = %(owner)s
        AND (data->>'creditAmount')::bigint >= %(quantity)s
    ORDER BY (data->>'start')::bigint LIMIT 1
"""

APPEND = "INSERT INTO event (data, meta) VALUES (%s, '{}')"


class NothingToSell(Exception):
    """The owner has no block of that size."""


def transfer(connected: Connection, *, source: str, destination: str, quantity: int) -> None:
    """Split the owner's first block that is large enough; both parts become events.

    Raises: NothingToSell.
    """
    connected.autocommit = False
    with connected, connected.cursor() as cursor:
        cursor.execute(SPENDABLE, {"owner": source, "quantity": quantity})
        found = cursor.fetchone()
    if found is None:
        raise NothingToSell(f"{source} has no block of {quantity} units")

    (block,) = found
    amount = block["creditAmount"]
    passed = {
        **block,
        "ownerCompanyId": destination,
        "creditAmount": quantity,
        "txType": "TRANSFER",
    }
    events = [passed]
    if amount > quantity:
        # What is kept stays under the block's id; the high part is a new block.
        start = block["start"] + amount - quantity
        passed |= {"start": start, "creditBlockId": f"{block['creditBlockId']}-{start}-{quantity}"}
        events.insert(0, {**block, "creditAmount": amount - quantity, "txType": "RETAIN"})
    with connected, connected.cursor() as cursor:
        for event in events:
            cursor.execute(APPEND, [json.dumps(event)])
