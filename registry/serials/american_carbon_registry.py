"""Credits of ACR, the American Carbon Registry. Pure.

`ACR-US-934-2024-2891-58384 to 58673`: registry, country, project, vintage, batch, first and last
serial within the batch; older texts have a dash between the two. Elements from serials that the
registry published (registry/serials/examples.toml); in one of them the registry's own count of
credits is that of the run with both ends. Uncertain: that the fifth element is the batch.
"""

import re
from dataclasses import dataclass

from .findings import Broken
from .runs import TO, elements, in_capitals

NAME = "american_carbon_registry"
FORM = re.compile(
    r"ACR-(?P<country>[A-Z]{2})-(?P<project>[1-9][0-9]{0,6})-(?P<vintage>[0-9]{4})"
    rf"-(?P<batch>[1-9][0-9]{{0,8}})-(?P<first>[0-9]{{1,15}}){TO}(?P<last>[0-9]{{1,15}})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RegistryCredits:
    """A block of one batch."""

    country: str
    project: str
    vintage: str
    batch: str
    first: int
    last: int


def parse(text: str) -> RegistryCredits | Broken | None:
    given = elements(FORM, text)
    return RegistryCredits(**in_capitals(given)) if isinstance(given, dict) else given


def printed(value: RegistryCredits) -> str:
    return (
        f"ACR-{value.country}-{value.project}-{value.vintage}-{value.batch}"
        f"-{value.first} to {value.last}"
    )


def unit_names(value):
    return ("ERT", "ACR")
