"""Credits of UNDP's National Carbon Registry. Pure.

Three ways of writing are read, which that software uses for itself; none is an identifier of the
Article 6 database (registry/serials/itmo.py):
- `CA0004-VU-CH-356-1-3000-2023`: cooperative approach, host Party, first transferring Party,
  project, first and last serial, vintage (its documentation of the release of 2025);
- `VU-ITMO-11-356-2022-0-27-35`: Party, unit, sectoral scope, project, year, a blank, first and last
  serial (its package serial-number-gen);
- `GHA-non-GHG-2023-A1-1:500`: Party, type of outcome, vintage, activity, first and last serial
  (its source). The type can have the separator in itself, so that the text is never split at it.
"""

import re
from dataclasses import dataclass

from .findings import Broken
from .runs import elements, in_capitals

NAME = "undp"
ENDS = r"(?P<first>[1-9][0-9]{0,14})-(?P<last>[1-9][0-9]{0,14})"
LAYOUTS = (
    (
        re.compile(
            r"(?P<approach>CA[0-9]{4})-(?P<party>[A-Z]{2})-(?P<to_party>[A-Z]{2})"
            rf"-(?P<project>[0-9]{{1,9}})-{ENDS}-(?P<year>[0-9]{{4}})",
            re.IGNORECASE,
        ),
        "{approach}-{party}-{to_party}-{project}-{first}-{last}-{year}",
    ),
    (
        re.compile(
            r"(?P<party>[A-Z]{2})-(?P<kind>ITMO)-(?P<scope>[1-9]|1[0-6])-(?P<project>[0-9]{1,9})"
            rf"-(?P<year>[0-9]{{4}})-0-{ENDS}",
            re.IGNORECASE,
        ),
        "{party}-{kind}-{scope}-{project}-{year}-0-{first}-{last}",
    ),
    (
        re.compile(
            r"(?P<party>[A-Z]{3})-(?P<kind>GHG|non-GHG)-(?P<year>[0-9]{4})"
            r"-(?P<project>[A-Z0-9]{1,20})"
            r"-(?P<first>[1-9][0-9]{0,14}):(?P<last>[1-9][0-9]{0,14})",
            re.IGNORECASE,
        ),
        "{party}-{kind}-{year}-{project}-{first}:{last}",
    ),
)


@dataclass(frozen=True, slots=True)
class NationalRegistryCredits:
    """A block. `layout` is the place of its way of writing in LAYOUTS; other elements are empty
    where that way has none.
    """

    layout: int
    party: str
    project: str
    year: str
    first: int
    last: int
    approach: str = ""
    to_party: str = ""
    kind: str = ""
    scope: str = ""


def parse(text: str) -> NationalRegistryCredits | Broken | None:
    for layout, (form, _written) in enumerate(LAYOUTS):
        given = elements(form, text)
        if isinstance(given, dict):
            given = in_capitals(given)
            if "kind" in given:
                given["kind"] = given["kind"].replace("NON-", "non-")
            return NationalRegistryCredits(layout, **given)
        if given is not None:
            return given
    return None


def printed(value: NationalRegistryCredits) -> str:
    names = ("party", "project", "year", "first", "last", "approach", "to_party", "kind", "scope")
    elements = {name: getattr(value, name) for name in names}
    return LAYOUTS[value.layout][1].format(**elements)


def unit_names(value):
    return ("ITMO",)
