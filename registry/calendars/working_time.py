"""When a delay ends that is counted in the working time of a place. Pure.

Working hours are those between opening and closing on working days. A delay of working days ends
at the same time of day, so many working days later. A delay that begins outside working time
begins to count when that next begins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A calendar without a working day in so many days is broken, and would be searched for ever.
LONGEST_BREAK = 400
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The working time of a place.

    `is_working(day)` tells a working day from others, `is_published(year)` whether the authority
    has published that year's holidays; `opens` and `closes` are times of day in `zone`.
    """

    zone: ZoneInfo
    opens: time
    closes: time
    is_working: Callable[[date], bool]
    is_published: Callable[[int], bool]


@dataclass(frozen=True)
class Ending:
    """The instant at which a delay ends, in UTC.

    `provisional` lists the years that it was counted through without a published calendar: the
    instant can still change for them.
    """

    at: datetime
    provisional: tuple[int, ...] = ()


class CalendarBroken(ValueError):
    """A calendar that has no working day, or closes before it opens."""


def end_of_delay(calendar: Calendar, start: datetime, *, hours: int = 0, days: int = 0) -> Ending:
    """The end of so many working days, and then so many working hours, from an instant.

    Raises: CalendarBroken.
    """
    if start.tzinfo is None:
        raise ValueError("an instant has a time zone")
    if calendar.closes <= calendar.opens:
        raise CalendarBroken("the office closes before it opens")
    at = start
    if days:
        at = _after_days(calendar, at, days)
    if hours:
        at = _after_hours(calendar, at, timedelta(hours=hours))
    at = at.astimezone(UTC)
    first, last = start.astimezone(calendar.zone).year, at.astimezone(calendar.zone).year
    waited = range(first, last + 1) if hours or days else ()
    return Ending(at, tuple(year for year in waited if not calendar.is_published(year)))


def _after_days(calendar, start, days):
    local = start.astimezone(calendar.zone)
    day, clock = local.date(), local.time()
    if not calendar.is_working(day):
        day, clock = _next_working(calendar, day), time.min
    for _each in range(days):
        day = _next_working(calendar, day)
    return datetime.combine(day, clock, calendar.zone)


def _after_hours(calendar, start, left):
    day = start.astimezone(calendar.zone).date()
    if not calendar.is_working(day):
        day = _next_working(calendar, day)
    start = start.astimezone(UTC)
    while True:
        begins = max(start, _instant(calendar, day, calendar.opens))
        ends = _instant(calendar, day, calendar.closes)
        if begins < ends and left <= ends - begins:
            return begins + left
        left -= max(ends - begins, timedelta(0))
        day = _next_working(calendar, day)


def _instant(calendar, day, clock):
    # In UTC, because Python compares and subtracts times of one zone by the wall clock.
    return datetime.combine(day, clock, calendar.zone).astimezone(UTC)


def _next_working(calendar, day):
    for _each in range(LONGEST_BREAK):
        day += DAY
        if calendar.is_working(day):
            return day
    raise CalendarBroken(f"no working day in {LONGEST_BREAK} days before {day}")
