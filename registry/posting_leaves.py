"""The leaves that postings become, derived from the ledger's rows."""

import hashlib

from . import canonical, canonical_posting
from .log import leaf
from .log.hashing import leaf_hash
from .models import Posting


def leaves(posting_ids) -> list[tuple[int, bytes, bytes]]:
    """(posting, SHA-256 of its canonical bytes, leaf hash) of each, in the order given."""
    said = canonical_posting.documents(posting_ids)
    recorded = dict(Posting.objects.filter(pk__any_of=posting_ids).values_list("pk", "recorded_at"))
    found = []
    for posting_id in posting_ids:
        digest = hashlib.sha256(canonical.encode(said[posting_id])).digest()
        data = entry(posting_id, recorded[posting_id], digest)
        found.append((posting_id, digest, leaf_hash(data)))
    return found


def entry(posting_id, recorded_at, digest) -> bytes:
    """The data of the leaf of a posting whose canonical bytes have this digest."""
    return leaf.entry(
        kind=leaf.POSTING, subject=str(posting_id), recorded_at=recorded_at, sha256=bytes(digest)
    )
