"""Where the nodes of the tree are stored and served: tiles of 256 hashes (C2SP tlog-tiles).

The tile (level, number) holds the nodes of height 8 · level from number · 256 on, side by side,
as far as their leaves are all there. A tile grows until it is full, and nothing in it changes.
"""

import re
from collections.abc import Callable, Iterable

from . import merkle
from .hashing import HASH_BYTES
from .refused import Refused

WIDTH = 256
HEIGHT = 8
LAST_LEVEL = 63
PATH = re.compile(r"(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

Tile = tuple[int, int]


def width(level: int, number: int, size: int) -> int:
    """How many hashes the tile has in a tree of `size` leaves, from 0 to 256."""
    hashes = size >> (HEIGHT * level)
    return max(0, min(WIDTH, hashes - number * WIDTH))


def of_tree(size: int) -> list[tuple[int, int, int]]:
    """(level, number of tiles, width of the last one) of each level of a tree."""
    found = []
    level = 0
    while hashes := size >> (HEIGHT * level):
        count = -(-hashes // WIDTH)
        found.append((level, count, hashes - (count - 1) * WIDTH))
        level += 1
    return found


def of_nodes(nodes: Iterable[merkle.Node]) -> set[Tile]:
    """The tiles from which the nodes can be made."""
    return {_place(node)[:2] for node in nodes}


def reader(fetch: Callable[[set[Tile]], dict[Tile, bytes]]) -> merkle.Reader:
    """A reader of nodes that asks `fetch` for all tiles that it needs, at once."""

    def read(nodes):
        tiles = fetch(of_nodes(nodes))
        return [_node(tiles, node) for node in nodes]

    return read


def _place(node):
    """The tile of a node, the place of the node's first hash there, and how many it spans."""
    height, index = node
    level, above = divmod(height, HEIGHT)
    number, offset = divmod(index << above, WIDTH)
    return level, number, offset, 1 << above


def _node(tiles, node):
    level, number, offset, span = _place(node)
    hashes = tiles[level, number][offset * HASH_BYTES : (offset + span) * HASH_BYTES]
    assert len(hashes) == span * HASH_BYTES, f"tile {level}/{number} ends before {node}"
    return merkle.complete(hashes)


def path(level: int | str, number: int, hashes: int = WIDTH) -> str:
    """The address of a tile below `tile/`; `level` is a number or `entries`."""
    thousands = []
    rest = number
    while rest >= 1000:
        rest, last = divmod(rest, 1000)
        thousands.insert(0, last)
    parts = [rest, *thousands]
    text = "/".join([*(f"x{part:03}" for part in parts[:-1]), f"{parts[-1]:03}"])
    partial = "" if hashes == WIDTH else f".p/{hashes}"
    return f"{level}/{text}{partial}"


def parse_path(text: str) -> tuple[int | str, int, int]:
    """(level or `entries`, number, width) of an address below `tile/`.

    Raises: Refused (TILE_PATH_WRONG) for whatever is not written in the one way.
    """
    match = PATH.fullmatch(text)
    if match is None:
        raise Refused("TILE_PATH_WRONG")
    level = match[1] if match[1] == "entries" else int(match[1])
    number = int(match[2].replace("/x", "").replace("/", "").removeprefix("x"))
    hashes = int(match[3] or WIDTH)
    if (
        (level != "entries" and level > LAST_LEVEL)
        or hashes > WIDTH
        or path(level, number, hashes) != text
    ):
        raise Refused("TILE_PATH_WRONG")
    return level, number, hashes
