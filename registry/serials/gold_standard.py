"""Credits of the Gold Standard's Impact Registry. Pure.

`GS1-1-KE-GS7495-16-2025-30645-608-30350`: registry, unit, country, project, project type, vintage,
batch, first and last serial within the batch. Elements from serials that the registry published
(registry/serials/examples.toml); in one of them the registry's own count of credits is that of the
run with both ends. Uncertain: what the numbers of units and of project types stand for; they are
kept as they stand.
"""

import re
from dataclasses import dataclass

from .findings import Broken
from .runs import TO, elements, in_capitals

NAME = "gold_standard"
FORM = re.compile(
    r"GS1-(?P<unit>[1-9][0-9]?)-(?P<country>[A-Z]{2})-GS(?P<project>[1-9][0-9]{0,6})"
    r"-(?P<project_type>[0-9]{1,3})-(?P<vintage>[0-9]{4})-(?P<batch>[0-9]{1,9})"
    rf"-(?P<first>[0-9]{{1,15}}){TO}(?P<last>[0-9]{{1,15}})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class GoldStandardCredits:
    """A block of one batch."""

    unit: str
    country: str
    project: str
    project_type: str
    vintage: str
    batch: str
    first: int
    last: int


def parse(text: str) -> GoldStandardCredits | Broken | None:
    given = elements(FORM, text)
    return GoldStandardCredits(**in_capitals(given)) if isinstance(given, dict) else given


def printed(value: GoldStandardCredits) -> str:
    return (
        f"GS1-{value.unit}-{value.country}-GS{value.project}-{value.project_type}"
        f"-{value.vintage}-{value.batch}-{value.first}-{value.last}"
    )


def unit_names(value):
    return ("GSVER", "GS VER", "GS")
