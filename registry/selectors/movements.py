"""Which units a posting moved, from which account to which."""

from dataclasses import dataclass
from math import inf

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


COLUMNS = ("registry_id", "unit_type_id", "first", "last", "account_id")
AFTER_ALL = (inf, inf, inf, inf, None)


def movements(posting_id):
    """The movements of a posting in order of serials; blocks only cut in place are left out."""
    order = ("registry_id", "unit_type_id", "first")
    closed = Holding.objects.filter(closed_by=posting_id).order_by(*order).values_list(*COLUMNS)
    opened = Holding.objects.filter(opened_by=posting_id).order_by(*order).values_list(*COLUMNS)
    return [move for move in _pair(list(closed), list(opened)) if move.source != move.destination]


def _pair(closed, opened):
    """Cuts the blocks of two sorted, disjoint lists at each other's edges, in one walk."""
    olds, news = closed[::-1], opened[::-1]
    while olds or news:
        old, new = (olds or [AFTER_ALL])[-1], (news or [AFTER_ALL])[-1]
        if old[:3] == new[:3]:
            stop = min(old[3], new[3])
            yield Movement(*old[:3], stop, old[4], new[4])
            _advance(olds, stop)
            _advance(news, stop)
        elif old[:3] < new[:3]:
            stop = min(old[3], new[2] - 1) if old[:2] == new[:2] else old[3]
            yield Movement(*old[:3], stop, old[4], None)
            _advance(olds, stop)
        else:
            stop = min(new[3], old[2] - 1) if old[:2] == new[:2] else new[3]
            yield Movement(*new[:3], stop, None, new[4])
            _advance(news, stop)


def _advance(blocks, stop):
    """Leaves of the last block what comes after `stop`."""
    registry, unit_type, _first, last, account = blocks.pop()
    if last > stop:
        blocks.append((registry, unit_type, stop + 1, last, account))
