"""Allowances of the United Kingdom's emissions trading system. Pure.

The unit identifier (registry/serials/unit_identifiers.py) with originating registry GB, unit type 0
and supplementary type 10, as in the UK registry's source. Uncertain: how it is printed.
"""

from . import unit_identifiers
from .findings import Broken
from .unit_identifiers import UnitIdentifier, printed

NAME = "uk_ets"

__all__ = ["NAME", "parse", "printed", "unit_names"]


def parse(text: str) -> UnitIdentifier | Broken | None:
    found = unit_identifiers.parse(text)
    if isinstance(found, UnitIdentifier):
        if (found.registry, found.unit_type, found.supplementary) == ("GB", 0, 10):
            return found
    return None


def unit_names(value):
    return ("UKA",)
