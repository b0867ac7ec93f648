"""Runs of numbers, as forms of serials have them: the first and the last, both included. Pure."""

from .findings import Broken, broken
from .plain_text import plain

# The last serial that a unit type can have.
MAX_SERIAL = 10**12
# "1 to 5" is how two registries write a run; a dash, of any kind, is how all others do.
TO = r"(?:\s*-\s*|\s+TO\s+)"


def run(first: str, last: str | None) -> tuple[int, int] | Broken:
    """The numbers that two texts of digits name; one text is a run of one."""
    start = int(first)
    end = start if last is None else int(last)
    if end < start:
        return broken("BLOCK_BACKWARDS", "last", last)
    return start, end


def elements(form, text: str) -> dict | Broken | None:
    """The named groups of a form, with `first` and `last` as the numbers of a run.

    None where the text is not in the form.
    """
    match = form.fullmatch(plain(text))
    if match is None:
        return None
    ends = run(match["first"], match["last"])
    if isinstance(ends, Broken):
        return ends
    return {**match.groupdict(), "first": ends[0], "last": ends[1]}


def in_capitals(given: dict) -> dict:
    """The elements with texts in capitals: most forms have no small letters."""
    return {
        name: value.upper() if isinstance(value, str) else value for name, value in given.items()
    }
