"""When a link is to be suspended by what is observed. Pure: people or a task carry it out."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Observations:
    """What is known of one edge.

    `price_ratios` are the highest price over the lowest, a day each, the newest last, in one
    currency; `volume_t` is what came over the edge in the period; `events` are words such as
    `security` that someone reported; `partner_open` tells of the edge the other way.
    """

    price_ratios: tuple = ()
    volume_t: int = 0
    events: frozenset = frozenset()
    partner_open: bool = True


def fired(triggers, seen: Observations) -> list[str]:
    """The kinds of the triggers that fire, in the order of the agreement."""
    return [trigger.kind for trigger in triggers if _fires(trigger, seen)]


def _fires(trigger, seen):
    if trigger.kind == "price_gap":
        last = seen.price_ratios[-trigger.days :]
        return len(last) == trigger.days and all(Fraction(r) > trigger.above for r in last)
    if trigger.kind == "volume":
        return seen.volume_t > trigger.above
    if trigger.kind == "reciprocity":
        return not seen.partner_open
    return trigger.kind in seen.events
