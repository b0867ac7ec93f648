"""In which compliance periods units came over a link: read from history, by serial."""

from django.db.models import F, Q

from linking.models import Transfer
from linking.ranges import without
from registry.models import Issuance

RECOGNISED = Q(method=Transfer.Method.RECOGNITION)


def periods(registry_id, unit_type_id, ranges) -> set:
    """The labels of the periods in which a registry acquired the units of these ranges; the last
    time, where they had gone home and come again."""
    left, found = list(ranges), set()
    for period, first, last in _brought(registry_id, unit_type_id, ranges):
        after = without(left, [(first, last)])
        if after != left:
            found.add(period)
            left = after
        if not left:
            break
    return found


def _brought(registry_id, unit_type_id, ranges):
    """(period, first, last) of what links have brought, the latest first: units as they are, and
    those that were issued for others."""
    begin, end = min(first for first, _ in ranges), max(last for _, last in ranges)
    arrived = Transfer.objects.filter(
        receiver_id=registry_id,
        state=Transfer.State.COMPLETED,
        destination_transaction__isnull=False,
    ).annotate(acquired=F("parts__decision__request__request__period"))
    lines = (
        arrived.filter(
            RECOGNISED,
            unit_type_id=unit_type_id,
            destination_transaction__lines__first__lte=end,
        )
        .annotate(
            first=F("destination_transaction__lines__first"),
            units=F("destination_transaction__lines__quantity"),
        )
        .filter(first__gt=begin - F("units"))
        .order_by("-id")
    )
    for row in lines.values_list("acquired", "first", "units").distinct():
        yield row[0], row[1], row[1] + row[2] - 1
    issued = Issuance.objects.filter(
        unit_type_id=unit_type_id,
        first__lte=end,
        last__gte=begin,
        posting__transaction__transfer_in__receiver_id=registry_id,
    ).annotate(
        acquired=F("posting__transaction__transfer_in__parts__decision__request__request__period")
    )
    yield from issued.values_list("acquired", "first", "last").distinct()
