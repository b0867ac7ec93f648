"""The tree and the checkpoints of the log, computed from the leaves alone.

Written for the audit: nothing here is shared with what keeps the log.
"""

import base64
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice, zip_longest

from .signatures import verifies

WIDTH = 256
HASH = 32

Violation = tuple[str, str, str, dict]


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Edge:
    """The complete subtrees over the leaves so far, the largest first (a compact range)."""

    def __init__(self):
        self.count = 0
        self.subtrees = []

    def add(self, leaf: bytes) -> None:
        # As many subtrees are completed as the number has ones at its end.
        rest = self.count
        while rest & 1:
            leaf = node(self.subtrees.pop(), leaf)
            rest >>= 1
        self.subtrees.append(leaf)
        self.count += 1

    def root(self) -> bytes:
        """RFC 9162, 2.1.1; that of no leaf is the hash of nothing."""
        if not self.subtrees:
            return sha256(b"").digest()
        *others, found = self.subtrees
        for left in reversed(others):
            found = node(left, found)
        return found


def tree(leaves: Iterator[tuple], tiles: Iterator[tuple]) -> Iterator[Violation]:
    """What is wrong with the tiles, given the hashes of the leaves.

    A level is compared while the one above is computed; of that, 32 bytes are kept for each tile.
    """
    stored = _Stored(tiles)
    level = 0
    hashes = (bytes(leaf) for (leaf,) in leaves)
    while True:
        above = []
        for number, (content, is_full) in enumerate(_cut(hashes)):
            yield from stored.compare(level, number, content)
            if is_full:
                above.append(_root(content))
        yield from stored.rest(level)
        if not above:
            break
        level, hashes = level + 1, iter(above)
    yield from stored.rest(None)


def checkpoints(leaves: Iterator[tuple], checkpoints: Iterator[tuple]) -> Iterator[Violation]:
    """What is wrong with the checkpoints, given the hashes of the leaves, both in order."""
    edge = Edge()
    for size, root, note, at, name, algorithm, key, in_force, goes_back, renamed in checkpoints:
        for (leaf,) in islice(leaves, size - edge.count):
            edge.add(bytes(leaf))
        place = ("registry_checkpoint", str(size))
        if edge.count < size:
            yield "beyond", *place, {"leaves": edge.count}
        elif edge.root() != bytes(root):
            yield "root", *place, {"expected": edge.root().hex(), "found": bytes(root).hex()}
        text = f"{name}\n{size}\n{base64.b64encode(bytes(root)).decode()}\n"
        signature = _signature(note, text, name, (algorithm, key))
        if signature is None:
            yield "note", *place, {}
        elif not verifies(algorithm, bytes(key), signature, text.encode()):
            yield "signature", *place, {"name": name}
        if not in_force:
            yield "key", *place, {"at": str(at)}
        if goes_back:
            yield "goes_back", *place, {"at": str(at)}
        if renamed:
            yield "renamed", *place, {"name": name}


class _Stored:
    """The tiles as they come, by level and number."""

    def __init__(self, rows):
        self.rows = rows
        self.row = next(rows, None)

    def compare(self, level, number, content):
        """The tile that should be there, and those before it that should not."""
        while self.row is not None and self.row[:2] < (level, number):
            yield self._unknown()
        if self.row is None or self.row[:2] != (level, number):
            yield "missing", "registry_logtile", f"{level}/{number}", {}
            return
        found = bytes(self.row[2])
        if found != content:
            wrong = _first_difference(found, content)
            data = {"hash": wrong, "hashes": len(found) // HASH, "expected": len(content) // HASH}
            yield "differs", "registry_logtile", f"{level}/{number}", data
        self.row = next(self.rows, None)

    def rest(self, level):
        """Tiles of a level beyond those that should be there; of all levels if None."""
        while self.row is not None and (level is None or self.row[:2] < (level + 1, 0)):
            yield self._unknown()

    def _unknown(self):
        level, number, _hashes = self.row
        self.row = next(self.rows, None)
        return "unknown", "registry_logtile", f"{level}/{number}", {}


def _cut(hashes):
    """The contents of the tiles over hashes, and whether each is full."""
    while True:
        content = b"".join(islice(hashes, WIDTH))
        if content:
            yield content, len(content) == WIDTH * HASH
        if len(content) < WIDTH * HASH:
            return


def _root(content):
    edge = Edge()
    for start in range(0, len(content), HASH):
        edge.add(content[start : start + HASH])
    return edge.root()


def _first_difference(found, content):
    pairs = zip_longest(*(range(0, len(value), HASH) for value in (found, content)))
    for place, starts in enumerate(pairs):
        start = place * HASH
        if None in starts or found[start : start + HASH] != content[start : start + HASH]:
            return place
    return 0


def _signature(note, text, name, key):
    """The signature in a note of this text by this key (C2SP signed-note), or None."""
    algorithm, public = key
    start = f"{text}\n— {name} "
    if public is None or not note.startswith(start) or not note.endswith("\n"):
        return None
    # Others may have signed the same text in the lines that follow.
    line = note.removeprefix(start).partition("\n")[0]
    try:
        blob = base64.b64decode(line, validate=True)
    except ValueError:
        return None
    identity = sha256(f"{name}\n".encode() + b"\x01" + bytes(public)).digest()[:4]
    return blob[4:] if blob[:4] == identity and algorithm == "Ed25519" else None
