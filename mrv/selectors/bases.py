"""Fills the registry's port of bases: an entity's emissions are what was determined."""

from datetime import date

from django.db.models import Q

from mrv.models import Determination, Installation
from registry.selectors.bases import uploaded

EMISSIONS = "emissions"


def of_reports(whose, kind, period):
    """The determined tonnes of an entity's emissions in a year, by its id; all else as uploaded.

    Where an installation of the entity has no determination for the year, the sum would be too
    low: then, too, what was uploaded holds, if anything was.
    """
    if kind == EMISSIONS and not isinstance(whose, str) and str(period).isdecimal():
        tonnes = _determined(whose, int(period))
        if tonnes is not None:
            return tonnes
    return uploaded(whose, kind, period)


def _determined(holder_id, year):
    asked = (
        Installation.objects.filter(
            operator__holder_id=holder_id,
            operator__covered_from__lte=date(year, 12, 31),
            started_on__lte=date(year, 12, 31),
        )
        .filter(Q(closed_on=None) | Q(closed_on__gte=date(year, 1, 1)))
        .filter(Q(operator__covered_to=None) | Q(operator__covered_to__gte=date(year, 1, 1)))
        .values_list("pk", flat=True)
    )
    rows = (
        Determination.objects.filter(report__installation__in=asked, report__year=year)
        .order_by("report_id", "-number")
        .distinct("report_id")
        .values_list("report__installation_id", "total_t")
    )
    found = dict(rows)
    if not found or set(asked) - found.keys():
        return None
    return sum(found.values())
