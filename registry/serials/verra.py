"""Verified Carbon Units of Verra's VCS programme. Pure.

`9660-115597313-115618057-VCS-VCU-261-VER-US-14-1060-01012019-31122019-0`: batch, first and last
serial, programme, unit, a number, the registry that issued, country, sectoral scope, project, first
and last day of the vintage (ddmmyyyy), and whether a further certification applies. Units issued
before April 2020 have no programme, and MER (Markit) or APX as registry. One published example has
no sectoral scope. Elements from published serials (registry/serials/examples.toml names them) and
from public programs that read them. Uncertain: the number after VCU, which is kept as it stands,
and whether serials are unique beyond a batch.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from .findings import Broken, broken
from .plain_text import plain
from .runs import elements, in_capitals

NAME = "verra"
FORM = re.compile(
    r"(?P<batch>[0-9]{1,6})-(?P<first>[0-9]{1,15})-(?P<last>[0-9]{1,15})"
    r"-(?:(?P<programme>VCS)-)?VCU-(?P<number>[0-9]{1,5})-(?P<issued_in>VER|MER|APX)"
    r"-(?P<country>[A-Z]{2})(?:-(?P<scope>[0-9]{1,2}))?-(?P<project>[0-9]{1,6})"
    r"-(?P<vintage_first>[0-9]{8})-(?P<vintage_last>[0-9]{8})-(?P<certified>[01])",
    re.IGNORECASE,
)
LEADING_ZERO = re.compile(r"[0-9]+-(0[0-9]*)-")
DAY = "%d%m%Y"


@dataclass(frozen=True, slots=True)
class VerifiedCarbonUnits:
    """A block. Texts of digits keep their leading zeros; serials have at least `width` digits."""

    batch: str
    first: int
    last: int
    programme: str | None
    number: str
    issued_in: str
    country: str
    scope: str | None
    project: str
    vintage_first: date
    vintage_last: date
    certified: bool
    width: int = 1


def parse(text: str) -> VerifiedCarbonUnits | Broken | None:
    given = elements(FORM, text)
    if not isinstance(given, dict):
        return given
    given = in_capitals(given)
    for name in ("vintage_first", "vintage_last"):
        try:
            given[name] = datetime.strptime(given[name], DAY).date()  # noqa: DTZ007
        except ValueError:
            return broken("SERIAL_DATE_INVALID", name, given[name])
    zeros = LEADING_ZERO.match(plain(text))
    return VerifiedCarbonUnits(
        **{**given, "certified": given["certified"] == "1"}, width=len(zeros[1]) if zeros else 1
    )


def printed(value: VerifiedCarbonUnits) -> str:
    elements = (
        value.batch,
        f"{value.first:0{value.width}d}",
        f"{value.last:0{value.width}d}",
        value.programme,
        "VCU",
        value.number,
        value.issued_in,
        value.country,
        value.scope,
        value.project,
        value.vintage_first.strftime(DAY),
        value.vintage_last.strftime(DAY),
        int(value.certified),
    )
    return "-".join(str(element) for element in elements if element is not None)


def unit_names(value):
    return ("VCU", "VCS")
