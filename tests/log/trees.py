"""Trees to prove things about, and the recursion of RFC 9162 §2.1 written out as a reference."""

import hashlib
import json
from pathlib import Path

THIRD_PARTY = Path(__file__).parents[2] / "third_party"


def published(name):
    """A file of vectors below third_party/."""
    return json.loads((THIRD_PARTY / name).read_text())


def leaves(count):
    """Hashes of that many different leaves."""
    return [hashlib.sha256(b"\x00leaf %d" % number).digest() for number in range(count)]


def sha(data):
    return hashlib.sha256(data).digest()


def split(count):
    """The largest power of two that is smaller than the count."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def root(hashes):
    """MTH of RFC 9162 §2.1.1."""
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha(b"\x01" + root(hashes[:k]) + root(hashes[k:]))


def inclusion(m, hashes):
    """PATH of RFC 9162 §2.1.3.1."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return [*inclusion(m, hashes[:k]), root(hashes[k:])]
    return [*inclusion(m - k, hashes[k:]), root(hashes[:k])]


def consistency(m, hashes):
    """PROOF of RFC 9162 §2.1.4.1."""
    return _subproof(m, hashes, True) if 0 < m < len(hashes) else []


def _subproof(m, hashes, known):
    if m == len(hashes):
        return [] if known else [root(hashes)]
    k = split(len(hashes))
    if m <= k:
        return [*_subproof(m, hashes[:k], known), root(hashes[k:])]
    return [*_subproof(m - k, hashes[k:], False), root(hashes[:k])]


def reader(hashes):
    """Reads complete nodes over a list of leaf hashes, and refuses all others."""

    def read(nodes):
        found = []
        for height, index in nodes:
            start, end = index << height, (index + 1) << height
            assert end <= len(hashes), "a node whose leaves are not all there"
            found.append(root(hashes[start:end]))
        return found

    return read


def tiles_over(hashes):
    """All tiles of a tree, by level and number, cut out of the recursion."""
    tiles = {}
    level, row = 0, list(hashes)
    while row:
        for start in range(0, len(row), 256):
            tiles[level, start // 256] = b"".join(row[start : start + 256])
        full = len(row) // 256 * 256
        row = [root(row[start : start + 256]) for start in range(0, full, 256)]
        level += 1
    return tiles
