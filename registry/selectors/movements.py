"""Which units a posting moved, from which account to which."""

from dataclasses import dataclass
from math import inf

from django.db.models import Q

from registry.models import Holding


@dataclass(frozen=True)
class Movement:
    """A run of serials that went from `source` to `destination` (account ids; None: outside)."""

    registry: int
    unit_type: int
    first: int
    last: int
    source: int | None
    destination: int | None

    @property
    def quantity(self):
        return self.last - self.first + 1

    @property
    def end(self):
        """The place where it ends, after which the next movements are asked for."""
        return self.registry, self.unit_type, self.last


COLUMNS = ("registry_id", "unit_type_id", "first", "last", "account_id")
AFTER_ALL = (inf, inf, inf, inf, None)
# A page needs few blocks; whoever wants all of a large posting gets them in few round trips.
FIRST_BATCH = 256
GROWTH = 4


def movements(posting_id, *, after=None):
    """Yields the movements of a posting in order of serials, without blocks only cut in place.

    `after` is the end of a movement: only those beyond it come, and only their blocks are read.
    """
    closed = _blocks(Q(closed_by=posting_id), after)
    opened = _blocks(Q(opened_by=posting_id), after)
    for move in _pair(closed, opened):
        if move.source != move.destination:
            yield move


def _blocks(of_posting, after):
    """Yields blocks that are disjoint, in order, each without what does not come after `after`."""
    rows = Holding.objects.filter(of_posting).order_by("registry_id", "unit_type_id", "first")
    size = FIRST_BATCH
    while True:
        found = list(rows.filter(_beyond(after)).values_list(*COLUMNS)[:size])
        for registry, unit_type, first, last, account in found:
            if after is not None and (registry, unit_type) == tuple(after[:2]):
                first = max(first, after[2] + 1)
            yield registry, unit_type, first, last, account
        if len(found) < size:
            return
        after = (*found[-1][:2], found[-1][3])
        size *= GROWTH


def _beyond(after):
    if after is None:
        return Q()
    registry, unit_type, serial = after
    return (
        Q(registry_id__gt=registry)
        | Q(registry_id=registry, unit_type_id__gt=unit_type)
        | Q(registry_id=registry, unit_type_id=unit_type, last__gt=serial)
    )


def _pair(olds, news):
    """Cuts the blocks of two sorted, disjoint streams at each other's edges, in one walk."""
    old, new = next(olds, AFTER_ALL), next(news, AFTER_ALL)
    while (old, new) != (AFTER_ALL, AFTER_ALL):
        if old[:3] == new[:3]:
            stop = min(old[3], new[3])
            yield Movement(*old[:3], stop, old[4], new[4])
            old, new = _rest(old, stop, olds), _rest(new, stop, news)
        elif old[:3] < new[:3]:
            stop = min(old[3], new[2] - 1) if old[:2] == new[:2] else old[3]
            yield Movement(*old[:3], stop, old[4], None)
            old = _rest(old, stop, olds)
        else:
            stop = min(new[3], old[2] - 1) if old[:2] == new[:2] else new[3]
            yield Movement(*new[:3], stop, None, new[4])
            new = _rest(new, stop, news)


def _rest(block, stop, others):
    """What of a block comes after `stop`, or else the next block."""
    registry, unit_type, _first, last, account = block
    if last > stop:
        return registry, unit_type, stop + 1, last, account
    return next(others, AFTER_ALL)
