"""Internationally transferred mitigation outcomes (decision 6/CMA.4, annex I, paragraph 5). Pure.

`CA0004-GHA01-GHA-1-2023`: cooperative approach, registry of the originating Party, first
transferring Party (ISO 3166-1 alpha-3), serial, vintage: the full text of the Article 6 database's
checker. A block is told by its first and its last identifier, which are equal but for the serial.
The annual tables of the nomenclature hold the bare numbers instead, so that one value is printed
in either mode. Serials of each (approach, registry, Party, vintage) count for themselves: two
blocks overlap only where all of these are equal. A serial may have commas at its thousands.
"""

import re
from dataclasses import dataclass

from .findings import Broken, broken
from .plain_text import plain
from .runs import TO, run

NAME = "itmo"
ONE = (
    r"(CA[0-9]{4})-([A-Z]{3}[0-9]{2})-([A-Z]{3})-([1-9][0-9]{0,2}(?:,[0-9]{3}){0,4}|[1-9][0-9]{0,14})"
    r"-([0-9]{4})"
)
FORM = re.compile(rf"{ONE}(?:{TO}{ONE})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MitigationOutcomes:
    """A block of one cooperative approach, registry, first transferring Party and vintage."""

    approach: str
    registry: str
    party: str
    first: int
    last: int
    vintage: str

    @property
    def series(self):
        """What all serials of the block share; only within it do serials overlap."""
        return self.approach, self.registry, self.party, self.vintage


def parse(text: str) -> MitigationOutcomes | Broken | None:
    match = FORM.fullmatch(plain(text).upper())
    if match is None:
        return None
    approach, registry, party, first, vintage, *other = match.groups()
    last = None
    if other[0] is not None:
        last = other[3].replace(",", "")
        if (*other[:3], other[4]) != (approach, registry, party, vintage):
            return broken("SERIAL_ENDS_DIFFER", "last")
    ends = run(first.replace(",", ""), last)
    if isinstance(ends, Broken):
        return ends
    return MitigationOutcomes(approach, registry, party, *ends, vintage)


def printed(value: MitigationOutcomes) -> str:
    """One identifier, or the first and the last one of a block."""
    return " to ".join(identifiers(value))


def identifiers(value: MitigationOutcomes) -> list[str]:
    """The full identifiers of the block's ends; one where they are the same."""
    return [
        f"{value.approach}-{value.registry}-{value.party}-{serial}-{value.vintage}"
        for serial in dict.fromkeys((value.first, value.last))
    ]


def numbers(value: MitigationOutcomes) -> tuple[int, int]:
    """The block's ends as the annual tables of the nomenclature hold them."""
    return value.first, value.last


def overlap(one: MitigationOutcomes, other: MitigationOutcomes) -> bool:
    """Whether any mitigation outcome is in both blocks."""
    return one.series == other.series and max(one.first, other.first) <= min(one.last, other.last)


def unit_names(value):
    return ("ITMO",)
