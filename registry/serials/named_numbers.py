"""A unit type's code or another of its names, with bare numbers: `KAU 1,000 – 2,000`. Pure.

There are no check digits, so numbers may be grouped by commas, spaces or apostrophes, or not at
all. Whether a unit type has this name is not known here: any text may stand before the numbers.
"""

import re
from dataclasses import dataclass

from .findings import Broken, broken
from .plain_text import plain
from .runs import MAX_SERIAL, run

NAME = "unit_type_and_number"
NUMBER = r"[0-9]{1,3}(?:[, '][0-9]{3})+|[0-9]+"
FORM = re.compile(
    rf"(?P<name>[^\s].*?)[\s:#/-]*(?P<first>{NUMBER})"
    rf"(?:(?:\s*-\s*|\s*\.\.+\s*|\s+TO\s+)(?P<last>{NUMBER}))?",
    re.IGNORECASE,
)
GROUPING = str.maketrans("", "", ", '")


@dataclass(frozen=True, slots=True)
class NamedBlock:
    """The serials `first` to `last` of the unit type that `name` means, if any."""

    name: str
    first: int
    last: int


def parse(text: str) -> NamedBlock | Broken | None:
    match = FORM.fullmatch(plain(text))
    if match is None or not any(map(str.isalpha, match["name"])):
        return None
    first, last = (value and value.translate(GROUPING) for value in match.group("first", "last"))
    ends = run(first, last)
    if isinstance(ends, Broken):
        return ends
    for part, number in zip(("first", "last"), ends, strict=True):
        if not 1 <= number <= MAX_SERIAL:
            return broken("SERIAL_NUMBER_INVALID", part, str(number))
    return NamedBlock(match["name"], *ends)


def printed(value: NamedBlock) -> str:
    numbers = " - ".join(f"{number:,}" for number in dict.fromkeys((value.first, value.last)))
    return f"{value.name} {numbers}"


def unit_names(value):
    return (value.name,)
