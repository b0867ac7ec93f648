"""The hashes of the Merkle tree (RFC 9162 §2.1.1, the same as RFC 6962 §2.1).

Leaves and nodes are hashed under different prefixes, so that no node can be shown as a leaf.
"""

import hashlib

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf whose data are `entry`; 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node; 32 bytes, of two hashes of 32 bytes."""
    return pair_hash(left + right)


def pair_hash(pair: bytes) -> bytes:
    """The hash of an inner node whose two hashes are side by side."""
    return hashlib.sha256(b"\x01" + pair).digest()
