"""Serials that units had before their registry moved here."""

from registry.models import LegacyBlock, Transaction
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


def of_serials(unit_type_id, first, last):
    """The old serials of serials of here: (text of the first, text of the last, first, last)."""
    found = _completed().filter(opening__unit_type=unit_type_id, first__lte=last, last__gte=first)
    told = []
    for block in found.order_by("first")[:SHOWN]:
        low, high = max(first, block.first), min(last, block.last)
        old = [f"{block.prefix}{block.old_first + end - block.first}" for end in (low, high)]
        told.append((*old, low, high))
    return told


def _completed():
    rows = LegacyBlock.objects.select_related("opening__unit_type__registry")
    return rows.filter(opening__transaction__status=Transaction.Status.COMPLETED)
