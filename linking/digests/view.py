"""One side's units of one type at one moment, as a comparison asks for them. Pure.

A view is what a source keeps, with runs that are added or taken off: what is on its way, or what
has been posted since the moment.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from .grid import (
    BITS_A_LEVEL,
    ROOT,
    Change,
    Node,
    contributions,
    kept_for,
    number_of,
    reach,
)
from .points import MODULUS, Points, ends_of


class Source(Protocol):
    """Where sums and ends come from: a database, or a list."""

    def sums(self, level: int, low: int, high: int) -> Iterable[tuple[int, int, int]]:
        """(number, digest, ends) of the kept nodes of `level` with low <= number < high."""

    def ends(self, low: int, high: int) -> dict[int, int]:
        """serial -> sign of the ends with low <= serial < high."""


class Listed:
    """A source made of a list of runs [first, last]."""

    def __init__(self, runs: Iterable[tuple[int, int]], points: Points):
        runs = list(runs)
        self._ends = ends_of(runs)
        self._order = sorted(self._ends)
        self._levels = {}
        whole = ((first, last, 1) for first, last in runs)
        for (level, number), kept in contributions(whole, points).items():
            self._levels.setdefault(level, []).append((number, *kept))
        for rows in self._levels.values():
            rows.sort()

    def sums(self, level, low, high):
        rows = self._levels.get(level, [])
        return rows[bisect_left(rows, (low,)) : bisect_left(rows, (high,))]

    def ends(self, low, high):
        begin, end = bisect_left(self._order, low), bisect_left(self._order, high)
        return {serial: self._ends[serial] for serial in self._order[begin:end]}


class View:
    """A source, with runs (first, last, sign) added or taken off."""

    def __init__(self, source: Source, points: Points, changes: Iterable[Change] = ()):
        self.points, self._source = points, source
        self._changes = list(changes)
        self._by_level = {}

    def root(self) -> int:
        """The digest of all."""
        return self.children((ROOT[0] + 1, 0), ROOT[0]).get(0, (0, 0))[0]

    def children(self, node: Node, level: int) -> dict[int, tuple[int, int]]:
        """number -> (digest, ends) of the nodes of `level` within a node, those of nothing left
        out."""
        low, high = (serial >> BITS_A_LEVEL * level for serial in reach(node))
        found = {}
        for number, digest, ends in self._kept(node, level):
            sums = found.setdefault(number, [0, 0])
            sums[0] += digest
            sums[1] += ends
        for number, (digest, ends) in self._changed(level).items():
            if low <= number < high:
                sums = found.setdefault(number, [0, 0])
                sums[0] += digest
                sums[1] += ends
        return {
            number: (digest % MODULUS, max(ends, 0))
            for number, (digest, ends) in found.items()
            if digest % MODULUS
        }

    def ends(self, node: Node) -> dict[int, int]:
        """serial -> sign of the ends in a node."""
        low, high = reach(node)
        found = Counter(self._source.ends(low, high))
        for first, last, sign in self._changes:
            for serial, weight in ((last + 1, sign), (first, -sign)):
                if low <= serial < high:
                    found[serial] += weight
        return {serial: sign for serial, sign in found.items() if sign}

    def _kept(self, node, level):
        kept = kept_for(level)
        low, high = reach(node)
        if kept is None:
            for serial, sign in self._source.ends(low, high).items():
                yield number_of(serial, level), sign * self.points.at(serial), abs(sign)
            return
        shift = BITS_A_LEVEL * (level - kept)
        begin, end = (serial >> BITS_A_LEVEL * kept for serial in (low, high))
        for number, digest, ends in self._source.sums(kept, begin, end):
            yield number >> shift, digest, ends

    def _changed(self, level):
        if level not in self._by_level:
            made = contributions(self._changes, self.points, (level,))
            self._by_level[level] = {number: sums for (_, number), sums in made.items()}
        return self._by_level[level]
