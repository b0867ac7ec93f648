"""Digests by parts of the range of serials, on a grid of powers of 16. Pure.

A node (level, number) is the serials from number * 16**level on, 16**level of them; its digest is
the sum over the ends that lie in it. Node (16, 0) holds every serial. Four levels are kept, so
that a new run changes at most eight rows; the others are sums of these, or of the ends.
"""

from collections import Counter
from collections.abc import Iterable

from .points import MODULUS, Points

ROOT = (16, 0)
KEPT = (4, 8, 12, 16)
FINEST = KEPT[0]
BITS_A_LEVEL = 4

Node = tuple[int, int]
Change = tuple[int, int, int]


def number_of(serial: int, level: int) -> int:
    """The number of the node of a level in which a serial lies."""
    return serial >> BITS_A_LEVEL * level


def reach(node: Node) -> tuple[int, int]:
    """The first serial of a node, and the one after its last."""
    level, number = node
    return number << BITS_A_LEVEL * level, (number + 1) << BITS_A_LEVEL * level


def below(level: int) -> int:
    """The level that is looked at next: whole kept levels above, where there are few nodes."""
    return level - 4 if level > KEPT[1] else level - 1


def kept_for(level: int) -> int | None:
    """The coarsest kept level of which nodes of `level` are sums; None: of ends."""
    return max((kept for kept in KEPT if kept <= level), default=None)


def contributions(changes: Iterable[Change], points: Points, levels=KEPT) -> dict[Node, list[int]]:
    """node -> [digest, ends] to add, for runs (first, last, sign): +1 comes, -1 goes.

    `ends` counts the ends of runs as they are cut; it tells how long a list would be, no more.
    Ends that cancel are not hashed: units that only change hands cost nothing.
    """
    weights, counts = Counter(), Counter()
    for first, last, sign in changes:
        for serial, weight in ((last + 1, sign), (first, -sign)):
            weights[serial] += weight
            counts[serial] += sign
    found = {}
    for serial, weight in weights.items():
        if not weight and not counts[serial]:
            continue
        value = weight * points.at(serial) if weight else 0
        for level in levels:
            kept = found.setdefault((level, number_of(serial, level)), [0, 0])
            kept[0] += value
            kept[1] += counts[serial]
    for kept in found.values():
        kept[0] %= MODULUS
    return found
