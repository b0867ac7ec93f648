"""Serials that units had before their registry moved here."""

from dataclasses import dataclass

from django.db.models import Q

from registry.models import LegacyBlock, Transaction, UnitType
from registry.opening_files import SERIAL
from registry.serials.legacy import Legacy
from registry.serials.plain_text import plain
from registry.serials.reader import LEGACY, LONGEST, Reading

SHOWN = 20


def meanings(text):
    """(reading, unit type) for each unit that had this serial in a registry that moved here."""
    typed = plain(text)
    matched = SERIAL.fullmatch(typed) if len(typed) <= LONGEST else None
    if matched is None:
        return []
    number = int(matched[2])
    found = _completed().filter(prefix=matched[1], old_first__lte=number, old_last__gte=number)
    readings = []
    for block in found.order_by("pk")[:SHOWN]:
        unit_type, here = block.opening.unit_type, block.first + number - block.old_first
        value = Legacy(typed, unit_type.code, here, here)
        readings.append((Reading(LEGACY, value), unit_type))
    return readings


@dataclass(frozen=True)
class Former:
    """Serials of here, both ends included, and the texts of those that the units had before."""

    unit_type: str
    first: int
    last: int
    old_first: str
    old_last: str


def of_serials(unit_type, runs) -> list[Former]:
    """What the serials of here in these runs, (first, last), were before, in their order."""
    touched = Q()
    for first, last in runs:
        touched |= Q(first__lte=last, last__gte=first)
    found = _completed().filter(touched, opening__unit_type=unit_type).order_by("first")
    told = []
    for block in found[:SHOWN]:
        for first, last in runs:
            low, high = max(first, block.first), min(last, block.last)
            if low <= high:
                old = (
                    f"{block.prefix}{block.old_first + end - block.first}" for end in (low, high)
                )
                told.append(Former(unit_type.code, low, high, *old))
    return told


def of_blocks(rows) -> list[Former]:
    """What the serials of the first blocks were before; rows as `blocks.at_serials` gives them."""
    runs = {}
    for row in rows[:SHOWN]:
        runs.setdefault(row["unit_type_id"], set()).add((row["first"], row["last"]))
    moved = UnitType.objects.filter(pk__in=runs, openings__isnull=False).distinct()
    return [
        told for each in moved.order_by("pk") for told in of_serials(each, sorted(runs[each.pk]))
    ]


def _completed():
    rows = LegacyBlock.objects.select_related("opening__unit_type__registry")
    return rows.filter(opening__transaction__status=Transaction.Status.COMPLETED)
