"""The unit identifier of registries under the Kyoto Protocol and of the EU's and the UK's. Pure.

Its elements, their order, the hyphens between them and the absence of leading zeros are those of
Table VI-1 and paragraphs 2-4 of Annex VI to Regulation (EC) No 2216/2004, which follows Annex F of
the Data Exchange Standards; the UK registry's source has the same fields. A serial of a CER has,
by 3/CMP.1, Appendix D, paragraph 7: party, type, unit number, commitment period and project.

Two ways of writing them are read:
- all elements, with the first and the last serial: `GB-1--1001-2000-1-1----`; absent elements are
  empty or 0, and those at the end may be left out as far as the LULUCF activity;
- on attestations of cancelled CERs, each end of a block as a serial of its own, without the
  supplementary type: `IN-5-1001-2-2-0-17 to IN-5-2000-2-2-0-17`.
Uncertain: the second way, and how an absent element is printed, are general knowledge that was not
checked against a document; both spellings of an absent element are accepted.
"""

import re
from dataclasses import dataclass
from datetime import date

from .findings import Broken, broken
from .plain_text import plain
from .runs import TO, run

NUMBER = r"(?:0|[1-9][0-9]{0,14})"
ALL_ELEMENTS = re.compile(
    rf"(?P<registry>[A-Z]{{2,3}})-(?P<unit_type>[0-7])-(?P<supplementary>[0-9]{{0,2}})"
    rf"-(?P<first>{NUMBER})-(?P<last>{NUMBER})-(?P<original_period>[0-3])"
    rf"-(?P<applicable_period>[0-3])-(?P<lulucf>[0-7]?)(?:-(?P<project>{NUMBER}?)"
    r"(?:-(?P<track>[0-2]?)(?:-(?P<expiry>[0-9]{4}-?[0-9]{2}-?[0-9]{2}|))?)?)?",
    re.IGNORECASE,
)
ONE_END = rf"([A-Z]{{2,3}})-([0-7])-({NUMBER})-([0-3])-([0-3])-([0-7])-({NUMBER})"
BOTH_ENDS = re.compile(rf"{ONE_END}(?:{TO}{ONE_END})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnitIdentifier:
    """A block by the elements of the table; None where a unit has no such element."""

    registry: str
    unit_type: int
    supplementary: int | None
    first: int
    last: int
    original_period: int
    applicable_period: int
    lulucf: int | None = None
    project: int | None = None
    track: int | None = None
    expiry: date | None = None


def parse(text: str) -> UnitIdentifier | Broken | None:
    """What a text in either way of writing names; None where it is in neither."""
    text = plain(text)
    match = ALL_ELEMENTS.fullmatch(text)
    if match is not None:
        return _from_elements(match.groupdict())
    match = BOTH_ENDS.fullmatch(text)
    return None if match is None else _from_ends(match.groups())


def printed(value: UnitIdentifier) -> str:
    """All elements in their order; absent ones are empty."""
    elements = (
        value.registry,
        value.unit_type,
        value.supplementary,
        value.first,
        value.last,
        value.original_period,
        value.applicable_period,
        value.lulucf,
        value.project,
        value.track,
        value.expiry and f"{value.expiry:%Y%m%d}",
    )
    return "-".join("" if element is None else str(element) for element in elements)


def _from_elements(given):
    ends = run(given["first"], given["last"])
    if isinstance(ends, Broken):
        return ends
    expiry = given["expiry"]
    try:
        expires = date.fromisoformat(expiry.replace("-", "")) if expiry else None
    except ValueError:
        return broken("SERIAL_DATE_INVALID", "expiry", expiry)
    return UnitIdentifier(
        given["registry"].upper(),
        int(given["unit_type"]),
        _present(given["supplementary"]),
        *ends,
        int(given["original_period"]),
        int(given["applicable_period"]),
        _present(given["lulucf"]),
        _present(given["project"]),
        _present(given["track"]),
        expires,
    )


def _from_ends(given):
    registry, unit_type, first, original, applicable, lulucf, project = given[:7]
    last = None
    if given[7] is not None:
        last = given[9]
        if [each.upper() for each in given[7:9] + given[10:]] != [
            each.upper() for each in given[:2] + given[3:7]
        ]:
            return broken("SERIAL_ENDS_DIFFER", "last")
    ends = run(first, last)
    if isinstance(ends, Broken):
        return ends
    return UnitIdentifier(
        registry.upper(),
        int(unit_type),
        None,
        *ends,
        int(original),
        int(applicable),
        _present(lulucf),
        _present(project),
    )


def _present(text):
    """The number of an element; 0 and nothing both say that there is none."""
    return int(text) or None if text else None
