"""Periods in which a project earns credits. Days are half-open: the end is the day after. Pure."""

from datetime import date, timedelta


def years_later(day: date, years: int) -> date:
    """The same day of a later year; after 29 February, 1 March where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def is_within(first: date, end: date, *, outer: tuple[date, date]) -> bool:
    """Whether an interval lies in another one."""
    return outer[0] <= first and end <= outer[1]


def label(first: date, end: date) -> str:
    """The vintage of a period as people write it: its year, or its first and last year."""
    last = end - timedelta(days=1)
    return str(first.year) if last.year == first.year else f"{first.year}-{last.year}"
