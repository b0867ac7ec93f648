"""Delete readings that were kept for as long as the node keeps them."""

from datetime import datetime

from registry.recording import delete_readings

# In pieces, so that no statement is long; none of them blocks who writes.
PIECE = 10_000


def forget_readings(*, before: datetime, using: str) -> int:
    """Deletes readings of before a moment, and gives their number. `using` is the owner's alias:
    the application's role deletes none, and the database lets none go that is of the last year.
    """
    deleted = 0
    while True:
        piece = delete_readings(before=before, most=PIECE, using=using)
        deleted += piece
        if piece < PIECE:
            return deleted
