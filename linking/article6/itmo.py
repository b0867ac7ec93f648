"""Identifiers of ITMOs, and blocks of them (D.I 5, 6, 33).

An ITMO is named by its cooperative approach, the Party registry that it originates from, the first
transferring Party, a serial number, and the vintage. A block is a range of serials under one such
name. Serials of different names have nothing to do with each other, and a name never changes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from linking.ranges import merged

from .refusal import Refused

PARTY = re.compile(r"[A-Z]{3}")
APPROACH = re.compile(r"CA[0-9]{4}")
REGISTRY = re.compile(r"[A-Z]{3}[0-9]{2}")
# Serials may be written with commas between thousands; they begin with no zero.
IDENTIFIER = re.compile(
    r"(?P<approach>CA[0-9]{4})-(?P<registry>[A-Z]{3}[0-9]{2})-(?P<party>[A-Z]{3})"
    r"-(?P<serial>[1-9][0-9]{0,17}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,5})-(?P<vintage>[0-9]{4})"
)
# Mitigation from 2021 onward (G 1(e)).
FIRST_VINTAGE = 2021


@dataclass(frozen=True, order=True)
class Block:
    """ITMOs from `first` to `last`, both included; one is one tonne, or one unit of its metric.

    `party` is the first transferring Party (ISO 3166-1 alpha-3, as the agreed electronic format
    has it), `registry` the Party registry of origin, such as KOR01.

    Raises: Refused (BAD_BLOCK, VINTAGE_BEFORE_2021).
    """

    approach: str
    registry: str
    party: str
    vintage: int
    first: int
    last: int

    def __post_init__(self):
        named = (
            APPROACH.fullmatch(self.approach)
            and REGISTRY.fullmatch(self.registry)
            and PARTY.fullmatch(self.party)
        )
        if not named or not 1 <= self.first <= self.last:
            raise Refused("BAD_BLOCK", block=str(self))
        if self.vintage < FIRST_VINTAGE:
            raise Refused("VINTAGE_BEFORE_2021", vintage=self.vintage, earliest=FIRST_VINTAGE)

    def __str__(self):
        return f"{self.identifier(self.first)} – {self.identifier(self.last)}"

    @property
    def series(self) -> tuple[str, str, str, int]:
        """The parts of the name without the serial: within one series serials are unique."""
        return self.approach, self.registry, self.party, self.vintage

    @property
    def quantity(self) -> int:
        return self.last - self.first + 1

    def identifier(self, serial: int) -> str:
        """The whole identifier of one ITMO of the series, without commas."""
        return f"{self.approach}-{self.registry}-{self.party}-{serial}-{self.vintage}"

    def overlaps(self, other: "Block") -> bool:
        """Whether an ITMO is in both."""
        return self.series == other.series and not (
            self.last < other.first or other.last < self.first
        )

    def part(self, first: int, last: int) -> "Block":
        """The part from one serial to another.   Raises: Refused (BAD_BLOCK)."""
        if not self.first <= first <= last <= self.last:
            raise Refused("BAD_BLOCK", block=f"{self.identifier(first)} – {self.identifier(last)}")
        return replace(self, first=first, last=last)


def read(first: str, last: str) -> Block:
    """The block from one identifier to another, as a file or a form gives them.

    Raises: Refused (ITMO_NOT_READABLE, BAD_BLOCK where the two are not of one series or stand in
    the wrong order, VINTAGE_BEFORE_2021).
    """
    one, other = _read(first), _read(last)
    serial = int(one.pop("serial").replace(",", ""))
    end = int(other.pop("serial").replace(",", ""))
    if one != other:
        raise Refused("BAD_BLOCK", block=f"{first} – {last}")
    vintage = int(one.pop("vintage"))
    return Block(**one, vintage=vintage, first=serial, last=end)


def _read(text):
    found = IDENTIFIER.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise Refused("ITMO_NOT_READABLE", identifier=str(text)[:80])
    return found.groupdict()


def joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """The largest blocks that blocks which do not overlap make together, in order; so that two
    sides that cut differently say the same."""
    series = {}
    for block in blocks:
        series.setdefault(block.series, []).append((block.first, block.last))
    for name in sorted(series):
        approach, registry, party, vintage = name
        for first, last in merged(series[name]):
            yield Block(approach, registry, party, vintage, first, last)
