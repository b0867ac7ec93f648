"""Forms that are kept as data, because no document tells them: patterns.toml. Pure."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .findings import Broken
from .runs import elements

DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class PatternBlock:
    """A block in one of the forms: its elements by name, in the order of the pattern."""

    elements: tuple[tuple[str, str], ...]
    first: int
    last: int


class Pattern:
    """One form of the data, with the functions that modules of other forms have."""

    def __init__(self, name, told):
        self.NAME = name
        self.told = told
        self.form = re.compile(told["pattern"], re.IGNORECASE)

    def parse(self, text: str) -> PatternBlock | Broken | None:
        given = elements(self.form, text)
        if not isinstance(given, dict):
            return given
        first, last = given.pop("first"), given.pop("last")
        return PatternBlock(tuple(given.items()), first, last)

    def printed(self, value: PatternBlock) -> str:
        return self.told["written"].format(
            **dict(value.elements), first=value.first, last=value.last
        )

    def unit_names(self, value):
        unit = dict(value.elements).get("unit")
        return (unit,) if unit else tuple(self.told["unit_names"])


PATTERNS = tuple(Pattern(name, told) for name, told in DATA.items())
