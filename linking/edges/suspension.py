"""What happens when a link stops: notice, triggers, what is under way, what is held. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from . import kinds
from .findings import Unreadable
from .reader import Reader

TRIGGERS = (
    *("price_gap", "volume", "security", "MRV_failure", "reciprocity"),
    *("partner_rule_change", "manual"),
)
# These mean nothing without a number.
WITH_THRESHOLD = ("price_gap", "volume")
HELD = ("grandfather_until_period_end", "freeze")
HAIRCUT = re.compile(r"haircut\((.+)\)")
LONGEST_NOTICE_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Trigger:
    """`above`: the ratio of prices, or the tonnes, from which it fires, after `days` in a row."""

    kind: str
    above: Fraction | None = None
    days: int = 1


@dataclass(frozen=True, slots=True)
class Suspension:
    """`held` says what units abroad are worth afterwards; `haircut` is their factor, else 1."""

    notice_days: int
    triggers: tuple
    in_flight: str
    held: str
    haircut: Fraction
    grace: timedelta

    def last_day(self, period_end: date) -> date:
        """Until when held units are usable after a link has stopped in a period."""
        return period_end + self.grace


NONE = Suspension(0, (), "return", "grandfather_until_period_end", Fraction(1), timedelta())


def read(given, where, findings):
    reader = Reader(given, where, findings)
    notice = reader.take("notice_days", kinds.whole, 0)
    triggers = reader.parts("triggers", _trigger, ())
    in_flight = reader.take("in_flight", kinds.choice("return", "settle"), "return")
    held = reader.take("held", _held, ("grandfather_until_period_end", Fraction(1)))
    grace = reader.take("grace", kinds.days, timedelta())
    reader.close()
    if notice is not None and not 0 <= notice <= LONGEST_NOTICE_DAYS:
        reader.add("NOT_EXACT", "notice_days", value=str(notice))
    if None in (notice, in_flight, held, grace) or None in triggers:
        return None
    return Suspension(notice, triggers, in_flight, *held, grace)


def _trigger(given, where, findings):
    """A trigger is its word, or an object with the word and its threshold."""
    reader = Reader({"kind": given} if isinstance(given, str) else given, where, findings)
    kind = reader.take("kind", kinds.choice(*TRIGGERS))
    above = reader.take("above", kinds.optional(kinds.exact), None)
    days = reader.take("days", kinds.whole, 1)
    reader.close()
    if kind in WITH_THRESHOLD and above is None:
        reader.add("TRIGGER_WITHOUT_THRESHOLD", "above", kind=kind)
    return None if kind is None or days is None else Trigger(kind, above, days)


def _held(value):
    found = HAIRCUT.fullmatch(value) if isinstance(value, str) else None
    if found:
        return "haircut", kinds.share(found[1])
    if value not in HELD:
        words = ", ".join((*HELD, "haircut(0.9)"))
        raise Unreadable("NOT_A_CHOICE", value=str(value)[:40], words=words)
    return str(value), Fraction(1)
