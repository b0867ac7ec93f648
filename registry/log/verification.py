"""Checking proofs of the Merkle tree with nothing but hashes (RFC 9162 §2.1.3.2 and §2.1.4.2).

Shares nothing with what makes proofs but the hash functions.
"""

from .hashing import EMPTY_ROOT, HASH_BYTES, node_hash
from .refused import Refused


def inclusion(*, index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> None:
    """That `leaf`, the hash of a leaf, is number `index` (from 0) of the `size` leaves of `root`.

    Raises: Refused (LEAF_NOT_IN_TREE, HASH_LENGTH_WRONG, PROOF_LENGTH_WRONG, ROOT_DIFFERS).
    """
    if not 0 <= index < size:
        raise Refused("LEAF_NOT_IN_TREE", index=str(index), size=str(size))
    _require_hashes(leaf, root, *proof)
    number, last = index, size - 1
    found = leaf
    for sibling in proof:
        if last == 0:
            raise Refused("PROOF_LENGTH_WRONG", hashes=len(proof))
        if number & 1 or number == last:
            found = node_hash(sibling, found)
            # On the right edge, levels where the node has no sibling are passed over.
            while number & 1 == 0 and number != 0:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        number, last = number >> 1, last >> 1
    if last != 0:
        raise Refused("PROOF_LENGTH_WRONG", hashes=len(proof))
    if found != root:
        raise Refused("ROOT_DIFFERS", root=root.hex(), found=found.hex())


def consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]
) -> None:
    """That the tree of `new` leaves begins with exactly the `old` leaves of the older one.

    Raises: Refused (TREE_SHRINKS, HASH_LENGTH_WRONG, PROOF_LENGTH_WRONG, ROOT_DIFFERS).
    """
    if not 0 <= old <= new:
        raise Refused("TREE_SHRINKS", old=str(old), new=str(new))
    _require_hashes(old_root, new_root, *proof)
    if old in (0, new):
        _require_nothing_to_prove(old, new, old_root, new_root, proof)
        return
    # A complete old tree is itself the first node of the path.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise Refused("PROOF_LENGTH_WRONG", hashes=0)
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise Refused("PROOF_LENGTH_WRONG", hashes=len(proof))
        if number & 1 or number == last:
            found_old = node_hash(sibling, found_old)
            found_new = node_hash(sibling, found_new)
            while number & 1 == 0 and number != 0:
                number, last = number >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        number, last = number >> 1, last >> 1
    if last != 0:
        raise Refused("PROOF_LENGTH_WRONG", hashes=len(proof))
    for found, root in ((found_old, old_root), (found_new, new_root)):
        if found != root:
            raise Refused("ROOT_DIFFERS", root=root.hex(), found=found.hex())


def _require_nothing_to_prove(old, new, old_root, new_root, proof):
    """The empty tree comes before every other, and a tree is itself: without any hash."""
    if proof:
        raise Refused("PROOF_LENGTH_WRONG", hashes=len(proof))
    known = {0: EMPTY_ROOT}
    for size, root in ((old, old_root), (new, new_root)):
        expected = known.setdefault(size, root)
        if root != expected:
            raise Refused("ROOT_DIFFERS", root=root.hex(), found=expected.hex())


def _require_hashes(*hashes):
    for value in hashes:
        if len(value) != HASH_BYTES:
            raise Refused("HASH_LENGTH_WRONG", length=len(value))
