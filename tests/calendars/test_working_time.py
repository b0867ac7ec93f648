"""The end of a delay, against a reference that walks minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.calendars.published import published
from registry.calendars.working_time import Calendar, CalendarBroken, end_of_delay

MINUTE = timedelta(minutes=1)
ZONES = ("Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul", "Europe/London", "America/New_York")


def of(country, zone):
    """The published calendar of a Party as a calendar."""
    known = published(country)
    return Calendar(ZoneInfo(zone), known.opens, known.closes, known.is_working, known.is_published)


CHINA, JAPAN, KOREA = (
    of("CN", "Asia/Shanghai"),
    of("JP", "Asia/Tokyo"),
    of("KR", "Asia/Seoul"),
)


def by_minutes(calendar, start, hours):
    """The first instant by which so many working minutes have passed; slow and obvious."""
    left, at = hours * 60, start
    while left:
        local = at.astimezone(calendar.zone)
        if calendar.is_working(local.date()) and calendar.opens <= local.time() < calendar.closes:
            left -= 1
        at += MINUTE
    return at


def by_days(calendar, start, days):
    """The same time of day, when as many working days have begun; a day at a time."""
    local = start.astimezone(calendar.zone)
    day, clock = local.date(), local.time()
    while not calendar.is_working(day):
        day, clock = day + timedelta(days=1), time.min
    while days:
        day += timedelta(days=1)
        days -= calendar.is_working(day)
    return datetime.combine(day, clock, calendar.zone).astimezone(UTC)


@st.composite
def calendars(draw):
    """Any zone, any office hours, and days off without a rule."""
    off = draw(st.sets(st.integers(0, 60), max_size=40))
    opens = draw(st.integers(0, 20))
    return Calendar(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        time(opens, draw(st.sampled_from((0, 30)))),
        time(draw(st.integers(opens + 1, 23))),
        lambda day: (day - date(2026, 1, 1)).days % 61 not in off,
        lambda year: True,
    )


INSTANTS = st.integers(0, 480_000).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
)


@settings(max_examples=150, deadline=None)
@given(calendars(), INSTANTS, st.integers(1, 30))
def test_working_hours_are_those_that_a_walk_by_minutes_counts(calendar, start, hours):
    """Whatever the zone, the office hours and the days off, both come to the same minute."""
    assert end_of_delay(calendar, start, hours=hours).at == by_minutes(calendar, start, hours)


@settings(max_examples=150, deadline=None)
@given(calendars(), INSTANTS, st.integers(1, 12))
def test_working_days_are_those_that_a_walk_by_days_counts(calendar, start, days):
    """Days off are passed over, and the time of day stays."""
    assert end_of_delay(calendar, start, days=days).at == by_days(calendar, start, days)


@settings(max_examples=60, deadline=None)
@given(calendars(), INSTANTS, INSTANTS, st.integers(0, 5), st.integers(0, 20))
def test_who_begins_later_ends_no_earlier(calendar, one, other, days, hours):
    """Waiting to propose never makes a delay end sooner."""
    first, second = sorted((one, other))
    ends = [end_of_delay(calendar, at, days=days, hours=hours).at for at in (first, second)]
    assert ends == sorted(ends)
    assert ends[0] >= first


def shanghai(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        # Friday 16:00: an hour is left today, and Saturday 14 February 2026 is a make-up day.
        ("2026-02-13T16:00", 2, "2026-02-14T10:00"),
        # Then the office is closed until Tuesday 24 February.
        ("2026-02-14T16:30", 1, "2026-02-24T09:30"),
        # An hour that ends at closing time ends on that day.
        ("2026-02-13T16:00", 1, "2026-02-13T17:00"),
        # Before opening, the count begins at opening.
        ("2026-03-02T03:00", 8, "2026-03-02T17:00"),
        ("2026-03-01T12:00", 0, "2026-03-01T12:00"),
    ],
)
def test_the_calendar_of_china_has_make_up_working_days(start, hours, end):
    """The State Council moves working days to weekends around long holidays."""
    assert end_of_delay(CHINA, shanghai(start), hours=hours).at == shanghai(end)


def test_japanese_offices_are_closed_at_the_turn_of_the_year():
    """From 29 December to 3 January no administrative organ works; 2027 begins on a Friday."""
    start = datetime(2026, 12, 28, 12, tzinfo=JAPAN.zone)
    assert end_of_delay(JAPAN, start, days=1).at == datetime(2027, 1, 4, 12, tzinfo=JAPAN.zone)


def test_korean_substitute_holidays_are_no_working_days():
    """1 March 2026 is a Sunday, so Monday is off as well."""
    start = datetime(2026, 2, 27, 17, tzinfo=KOREA.zone)
    assert end_of_delay(KOREA, start, hours=2).at == datetime(2026, 3, 3, 10, tzinfo=KOREA.zone)


def test_a_year_without_a_published_calendar_makes_the_end_provisional():
    """The end of the delay is told all the same, and says for which years it can change."""
    assert end_of_delay(CHINA, shanghai("2026-12-30T10:00"), days=5).provisional == (2027,)
    assert end_of_delay(CHINA, shanghai("2026-12-01T10:00"), days=5).provisional == ()


def test_an_unknown_party_has_weekends_only_and_is_provisional():
    """Nothing is invented for a Party whose calendar is not known."""
    unknown = of("XX", "UTC")
    end = end_of_delay(unknown, datetime(2026, 5, 1, 10, tzinfo=UTC), days=1)
    assert (end.at, end.provisional) == (datetime(2026, 5, 4, 10, tzinfo=UTC), (2026,))


def test_a_calendar_without_working_days_is_refused():
    """It would be searched for ever."""
    never = Calendar(ZoneInfo("UTC"), time(9), time(17), lambda day: False, lambda year: True)
    with pytest.raises(CalendarBroken):
        end_of_delay(never, datetime(2026, 1, 1, tzinfo=UTC), days=1)
    backwards = Calendar(ZoneInfo("UTC"), time(17), time(9), lambda day: True, lambda year: True)
    with pytest.raises(CalendarBroken):
        end_of_delay(backwards, datetime(2026, 1, 1, tzinfo=UTC), hours=1)
