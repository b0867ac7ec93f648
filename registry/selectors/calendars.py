"""The working time of a registry's jurisdiction: the published calendar, and what rows say."""

from zoneinfo import ZoneInfo

from registry.calendars.published import published
from registry.calendars.working_time import Calendar
from registry.models import CalendarDay, CalendarYear, Jurisdiction, OfficeHours, Registry


def calendar_of(registry_id) -> Calendar:
    """The calendar of the registry's jurisdiction, as it is known now.

    What a jurisdiction says holds before what the Party says that it is part of, and both before
    the calendar that is published.
    """
    place = Jurisdiction.objects.get(
        pk=Registry.objects.values_list("jurisdiction_id").filter(pk=registry_id)[:1]
    )
    party = place
    # The Party comes first, so that what the place itself says is read last and stays.
    places = [place.pk]
    while party.parent_id is not None:
        party = Jurisdiction.objects.get(pk=party.parent_id)
        places.insert(0, party.pk)
    known = published(party.code)
    days, years, hours = {}, {}, (known.opens, known.closes)
    for pk in places:
        days.update(CalendarDay.objects.filter(jurisdiction=pk).values_list("day", "is_working"))
        years.update(
            CalendarYear.objects.filter(jurisdiction=pk).values_list("year", "is_published")
        )
        said = OfficeHours.objects.filter(jurisdiction=pk).values_list("opens", "closes").first()
        hours = said or hours
    return Calendar(
        ZoneInfo(place.time_zone),
        *hours,
        lambda day: days[day] if day in days else known.is_working(day),
        lambda year: years[year] if year in years else known.is_published(year),
    )
