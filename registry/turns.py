"""One at a time: what several processes may begin at once, and only one may do.

A lock of the database, which it gives back with the transaction whatever happens to the process.
"""

from django.db import connection


def take(name: str) -> None:
    """Waits for the turn, and keeps it until the transaction under way has ended."""
    assert connection.in_atomic_block, "a turn ends with its transaction"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def take_if_free(name: str) -> bool:
    """Takes the turn unless another has it; whether it was free."""
    assert connection.in_atomic_block, "a turn ends with its transaction"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [name])
        return cursor.fetchone()[0]
