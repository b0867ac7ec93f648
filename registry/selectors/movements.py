"""Which units a posting moved, from which account to which."""

from dataclasses import dataclass

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


def movements(posting_id):
    """The movements of a posting in order of serials; blocks only cut in place are left out.

    Both lists are disjoint and sorted, so one walk along the two finds every overlap.
    """
    order = ("registry_id", "unit_type_id", "first")
    closed = Holding.objects.filter(closed_by=posting_id).order_by(*order).values_list(*COLUMNS)
    opened = Holding.objects.filter(opened_by=posting_id).order_by(*order).values_list(*COLUMNS)
    return [move for move in _pair(list(closed), list(opened)) if move.source != move.destination]


def _pair(closed, opened):
    index = 0
    for registry, unit_type, first, last, account in opened:
        while index < len(closed) and (closed[index][:2], closed[index][3]) < (
            (registry, unit_type),
            first,
        ):
            yield Movement(*closed[index], None)
            index += 1
        if index == len(closed) or closed[index][:2] != (registry, unit_type):
            yield Movement(registry, unit_type, first, last, None, account)
            continue
        at = first
        while at <= last and index < len(closed) and closed[index][:2] == (registry, unit_type):
            _registry, _unit_type, start, end, source = closed[index]
            if start > at:
                break
            stop = min(end, last)
            yield Movement(registry, unit_type, at, stop, source, account)
            at = stop + 1
            if end > stop:
                closed[index] = (registry, unit_type, at, end, source)
            else:
                index += 1
        if at <= last:
            yield Movement(registry, unit_type, at, last, None, account)
    for rest in closed[index:]:
        yield Movement(*rest, None)
