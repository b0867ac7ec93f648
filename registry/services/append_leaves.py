"""Bring committed postings into the log, in the order of their positions."""

from django.db import transaction

from registry import appending, posting_leaves
from registry.selectors import log

# Postings of one database transaction; fewer where they have many blocks, so that memory is
# bounded by the largest posting and not by their number.
BATCH = 1000
BLOCKS = 50_000


def append_batch() -> int:
    """Appends the leaves of the next postings; how many that were.

    One database transaction, so a run that is killed leaves no gap, no half of a tree, and
    nothing twice. A second one waits for the first. It is nobody's act: every posting is logged.
    """
    with transaction.atomic():
        appending.take_turn()
        chosen = _bounded(log.waiting(BATCH))
        if not chosen:
            return 0
        first = log.size()
        size = appending.append_leaves(first, posting_leaves.leaves(chosen))
        assert size == first + len(chosen), "another has appended out of turn"
    return len(chosen)


def _bounded(posting_ids):
    """The first of the postings, at least one, that together have few enough blocks."""
    counts = log.block_counts(posting_ids)
    chosen, blocks = [], 0
    for posting_id in posting_ids:
        blocks += counts[posting_id]
        if chosen and blocks > BLOCKS:
            break
        chosen.append(posting_id)
    return chosen
