"""Give committed postings their places in the node's order."""

from registry import posting

BATCH = 5000


def sequence_postings() -> int:
    """Places all that waits, a batch at a time, and returns how many postings that were.

    Each batch is one statement of its own, so a run that is killed leaves no gap. It is nobody's
    act: the order is the database's, and no right is asked for.
    """
    placed = 0
    while True:
        count = posting.sequence(BATCH)
        placed += count
        if count < BATCH:
            return placed
