"""Units of the Kyoto Protocol, as the international transaction log knew them. Pure.

Types 1-7 of the unit identifier (registry/serials/unit_identifiers.py, with its sources and what is
uncertain). Serials are unique for an originating registry, whatever the type, so that they do not
count within one unit type.
"""

from . import unit_identifiers
from .findings import Broken
from .unit_identifiers import UnitIdentifier, printed

NAME = "kyoto"
UNITS = {1: "AAU", 2: "RMU", 3: "ERU", 4: "ERU", 5: "CER", 6: "tCER", 7: "lCER"}

__all__ = ["NAME", "parse", "printed", "unit_names"]


def parse(text: str) -> UnitIdentifier | Broken | None:
    found = unit_identifiers.parse(text)
    if isinstance(found, UnitIdentifier) and found.unit_type not in UNITS:
        return None
    return found


def unit_names(value):
    return (UNITS[value.unit_type],)
