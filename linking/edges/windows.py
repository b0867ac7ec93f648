"""When transfers are made: days of the week, and hours of the day in a zone. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import kinds
from .findings import Unreadable
from .reader import Reader

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open: from `begins` up to, and not including, `ends`; None is midnight."""

    days: tuple
    begins: time | None
    ends: time | None
    zone: ZoneInfo

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        return (
            DAYS[local.weekday()] in self.days
            and (self.begins is None or local.time() >= self.begins)
            and (self.ends is None or local.time() < self.ends)
        )


def read(given, where, findings):
    """A day of the week, or an object with days, hours and a zone."""
    reader = Reader({"days": [given]} if isinstance(given, str) else given, where, findings)
    days = reader.take("days", _days)
    begins = reader.take("from", kinds.optional(_hours), None)
    ends = reader.take("to", kinds.optional(_hours), None)
    zone = reader.take("zone", _zone, ZoneInfo("UTC"))
    reader.close()
    return None if days is None or zone is None else Window(days, begins, ends, zone)


def _days(value):
    read = kinds.texts(value)
    for word in read:
        kinds.choice(*DAYS)(word)
    return read


def _hours(value):
    found = HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Unreadable("NOT_AN_INSTANT", value=str(value)[:40])
    return time(int(found[1]), int(found[2]))


def _zone(value):
    try:
        return ZoneInfo(kinds.text(value))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Unreadable("NOT_A_CHOICE", value=str(value)[:40], words="Asia/Tokyo, UTC") from error
