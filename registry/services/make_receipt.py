"""Promise in writing that a posting comes into the log."""

from registry import posting_leaves
from registry.keys import signing
from registry.log import receipt
from registry.models import LogLeaf
from registry.selectors import log, transactions


def make_receipt(*, actor, number, at) -> dict:
    """The receipt for the posting of a transaction, for whoever may read the transaction.

    It can be had as soon as the posting is committed, and at any time later: the promise is the
    same. Nothing is written.

    Raises: NotPermitted, NotFound (UNKNOWN_TRANSACTION, NO_POSTING), KeyUnavailable.
    """
    return of_transaction(transactions.find(actor, number), at=at)


def of_transaction(found, *, at) -> dict:
    """The receipt of a transaction that the caller may hand out.

    Raises: NotFound (NO_POSTING), KeyUnavailable.
    """
    posting = log.posting_of(found)
    key = signing.usable_key("receipt", at=at)
    document = receipt.unsigned(
        node=key.node,
        posting=(posting.pk, found.pk),
        leaf_hash=leaf_hash_of(posting.pk),
        recorded_at=posting.recorded_at,
        signed_at=at,
        key=(key.key_id, key.algorithm),
    )
    return receipt.signed(document, signing.sign(key, receipt.signed_bytes(document)))


def leaf_hash_of(posting_id) -> bytes:
    """The hash of the leaf that there is, or that there will be; 32 bytes."""
    found = LogLeaf.objects.filter(posting=posting_id).values_list("leaf_hash", flat=True).first()
    if found is not None:
        return bytes(found)
    ((_posting, _digest, leaf_hash),) = posting_leaves.leaves([posting_id])
    return leaf_hash
