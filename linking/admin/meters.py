"""Meters of quotas as pages show them: a bar, and the same in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from linking.selectors.meters import meters
from registry.admin.shown import units

from . import wording

# The length of a whole bar.
LENGTH = 1000
NEARLY = 900


@dataclass(frozen=True)
class Bar:
    """Parts of a thousand: what is used, and what a request would take besides.

    `text` is what the bar shows, for those who do not see it.
    """

    title: str
    text: str
    used: int = 0
    taken: int = 0
    is_known: bool = True
    is_tight: bool = False


def of_edge(row, *, entity, period, at, takes=None) -> list[Bar]:
    """The bar of each quota of an edge. `takes` maps (pool, entity, period) to what a request
    would take of it."""
    found = meters(row.edge_id, entity=entity, period=period, at=at)
    return [_bar(each, (takes or {}).get(each.key, 0)) for each in found]


def _bar(meter, taken):
    """Without a capacity, a bar is full."""
    at = wording.word("quotas.at", meter.at)
    number = _("Quota %(number)s") % {"number": meter.number + 1}
    title = f"{number}: {at}, {meter.key.period}"
    if meter.capacity is None:
        text = _("The tonnes by which this is measured are not known.")
        return Bar(title, text, is_known=False)
    used = LENGTH * max(0, meter.capacity - meter.left)
    share = min(LENGTH, used // meter.capacity) if meter.capacity else LENGTH
    more = min(LENGTH - share, LENGTH * taken // meter.capacity) if meter.capacity else 0
    text = _text(meter, taken)
    return Bar(title, text, share, more, is_tight=share + more >= NEARLY)


def _text(meter, taken):
    told = {
        "left": units(meter.left),
        "capacity": units(meter.capacity),
        "after": units(meter.left - taken),
    }
    if meter.measure == "source_units":
        if taken:
            return _("%(left)s of %(capacity)s units left; this leaves %(after)s") % told
        return _("%(left)s of %(capacity)s units left") % told
    if taken:
        return _("%(left)s t of %(capacity)s t left; this leaves %(after)s t") % told
    return _("%(left)s t of %(capacity)s t left") % told
