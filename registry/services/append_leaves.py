"""Bring committed postings into the log, in the order of their positions, and documents."""

from django.db import transaction

from registry import appending, posting_leaves
from registry.log.hashing import leaf_hash
from registry.selectors import log

# Postings or documents of one database transaction; fewer where postings have many blocks, so that
# memory is bounded by the largest posting and not by their number.
BATCH = 1000
BLOCKS = 50_000


def append_batch() -> int:
    """Appends the leaves of the next postings, or if none waits, documents; how many that were.

    One database transaction, so a run that is killed leaves no gap, no half of a tree, and
    nothing twice. A second one waits for the first. It is nobody's act: every posting is logged.
    """
    with transaction.atomic():
        appending.take_turn()
        if postings := _bounded(log.waiting(BATCH)):
            append, leaves = appending.append_leaves, posting_leaves.leaves(postings)
        elif documents := log.waiting_documents(BATCH):
            append = appending.append_documents
            leaves = [(row.pk, leaf_hash(log.document_entry(row))) for row in documents]
        else:
            return 0
        first = log.size()
        size = append(first, leaves)
        assert size == first + len(leaves), "another has appended out of turn"
    return len(leaves)


def _bounded(posting_ids):
    """The first of the postings, at least one, that together have few enough blocks."""
    if not posting_ids:
        return []
    counts = log.block_counts(posting_ids)
    chosen, blocks = [], 0
    for posting_id in posting_ids:
        blocks += counts[posting_id]
        if chosen and blocks > BLOCKS:
            break
        chosen.append(posting_id)
    return chosen
