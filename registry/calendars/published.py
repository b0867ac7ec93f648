"""The published calendars of the Parties: holidays, make-up working days, office hours.

Holidays come from the library `holidays`, which follows the authorities' notices; the make-up
working days of China among them. What the library can not know is in published.toml. Corrections
are rows of the database (registry/selectors/calendars.py), which hold before what is told here.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path

from holidays import country_holidays

SATURDAY = 5


@dataclass(frozen=True)
class Published:
    """The calendar of a Party as its authority has published it.

    A Party that is not known here has weekends only, and no year of it counts as published.
    """

    country: str
    published_through: int = 0
    closed_each_year: frozenset[str] = frozenset()
    opens: time = time(9)
    closes: time = time(17)
    source: str = ""

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        if f"{day:%m-%d}" in self.closed_each_year:
            return False
        if not self.source:
            return day.weekday() < SATURDAY
        return _holidays(self.country).is_working_day(day)

    def is_published(self, year: int) -> bool:
        """Whether the holidays of that year are published."""
        return year <= self.published_through


def published(country: str) -> Published:
    """The calendar of a Party, by its ISO 3166-1 code."""
    return _all().get(country, Published(country))


@cache
def _all():
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return {
        country: Published(
            country, **{**row, "closed_each_year": frozenset(row["closed_each_year"])}
        )
        for country, row in rows.items()
    }


@cache
def _holidays(country):
    # It reads a year when a day of it is first asked for.
    return country_holidays(country)
