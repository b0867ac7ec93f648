"""The buffer: what a project leaves there, and what it covers when credits are lost. Pure."""

from fractions import Fraction
from math import ceil
from typing import NamedTuple


class Cover(NamedTuple):
    """How many units the buffer gives for a loss, and how many are owed."""

    from_buffer: int
    owed: int


def withheld(tonnes: int, share: Fraction) -> int:
    """How many of the units go to the buffer: rounded up, for the safety of the others."""
    return ceil(tonnes * share)


def cover(lost: int, *, in_buffer: int) -> Cover:
    """The units that the project has left in the buffer go first; the rest is owed."""
    given = min(lost, in_buffer)
    return Cover(given, lost - given)
