"""Credits of the Climate Action Reserve. Pure.

`CAR-1-US-1480-46-1156-FL-2026-10272-852724 to 860723`: originating registry, unit (1 is a Climate
Reserve Tonne, ROC a Registry Offset Credit), country, project, project type, developer, state,
vintage, batch, first and last serial within the batch. The elements are those of the Reserve's own
Serial Number Guide (climateactionreserve.org/how/projects/serial-number-guide).
"""

import re
from dataclasses import dataclass

from .findings import Broken
from .runs import TO, elements, in_capitals

NAME = "climate_action_reserve"
FORM = re.compile(
    r"CAR-(?P<unit>[1-9]|ROC)-(?P<country>[A-Z]{2})-(?P<project>[1-9][0-9]{0,6})"
    r"-(?P<project_type>[1-9][0-9]{0,3})-(?P<developer>[1-9][0-9]{0,6})-(?P<state>[A-Z]{2,3})"
    rf"-(?P<vintage>[0-9]{{4}})-(?P<batch>[1-9][0-9]{{0,8}})-(?P<first>[0-9]{{1,15}}){TO}"
    r"(?P<last>[0-9]{1,15})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReserveCredits:
    """A block of one batch."""

    unit: str
    country: str
    project: str
    project_type: str
    developer: str
    state: str
    vintage: str
    batch: str
    first: int
    last: int


def parse(text: str) -> ReserveCredits | Broken | None:
    given = elements(FORM, text)
    return ReserveCredits(**in_capitals(given)) if isinstance(given, dict) else given


def printed(value: ReserveCredits) -> str:
    return (
        f"CAR-{value.unit}-{value.country}-{value.project}-{value.project_type}"
        f"-{value.developer}-{value.state}-{value.vintage}-{value.batch}"
        f"-{value.first} to {value.last}"
    )


def unit_names(value):
    return ("ROC",) if value.unit == "ROC" else ("CRT", "CAR")
