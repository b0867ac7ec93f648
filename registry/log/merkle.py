"""Roots and proofs of the Merkle tree, made from its stored nodes (RFC 9162 §2.1).

A node (height, index) is the root over the leaves from index · 2^height, as many as 2^height.
Only nodes whose leaves are all there are asked of the reader, so what it returns never changes.
Checking a proof is another module's work (verification.py), which shares nothing with this one
but the hash functions.
"""

from collections.abc import Callable, Iterable
from itertools import islice

from .hashing import EMPTY_ROOT, HASH_BYTES, node_hash, pair_hash

Node = tuple[int, int]
Reader = Callable[[list[Node]], Iterable[bytes]]


def root(size: int, read: Reader) -> bytes:
    """The root over the first `size` leaves.

    `read` returns the hashes of nodes, in the order in which they are asked for, at once.
    """
    if size == 0:
        return EMPTY_ROOT
    return _hashes([(0, size)], read)[0]


def inclusion(index: int, size: int, read: Reader) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, from the leaf's sibling up.

    RFC 9162 §2.1.3.1.
    """
    assert 0 <= index < size
    ranges = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    return _hashes(ranges[::-1], read)


def consistency(old: int, new: int, read: Reader) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old` leaves.

    RFC 9162 §2.1.4.1. Nothing has to be proved of the empty tree, or of a tree and itself.
    """
    assert 0 <= old <= new
    if old in (0, new):
        return []
    ranges = []
    start, end = 0, new
    while end != old:
        split = start + _split(end - start)
        if old <= split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    if start > 0:
        # Whoever checks knows the old root, but not that of this part of the old tree.
        ranges.append((start, end))
    return _hashes(ranges[::-1], read)


def nodes(start: int, end: int) -> list[Node]:
    """The complete nodes that together cover the leaves from `start` up to before `end`.

    From left to right, and so from the highest down: each range begins at a multiple of the
    largest power of two that fits into it.
    """
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append((height, start >> height))
        start += 1 << height
    return found


def complete(hashes: bytes) -> bytes:
    """The root over hashes that are side by side; as many as a power of two."""
    assert len(hashes) >= HASH_BYTES and len(hashes) & (len(hashes) - 1) == 0
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join([pair_hash(hashes[at : at + 2 * HASH_BYTES]) for at in pairs])
    return hashes


def _hashes(ranges, read):
    """The root of each range of leaves; all nodes are read at once."""
    parts = [nodes(start, end) for start, end in ranges]
    found = iter(read([node for part in parts for node in part]))
    return [_fold(list(islice(found, len(part)))) for part in parts]


def _fold(hashes):
    """The root over complete subtrees, each smaller than the one on its left."""
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(left, folded)
    return folded


def _split(count):
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
