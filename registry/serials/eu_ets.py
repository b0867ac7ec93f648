"""Allowances of the EU's emissions trading system. Pure.

The unit identifier (registry/serials/unit_identifiers.py) with unit type 0 and a supplementary
type, or with type 1 and supplementary type 1: allowances of 2008-2012 were assigned amount units,
so that these can be read as Kyoto units as well. Supplementary types: 2 and 3 of 2005-2007, 4 of a
Member State without assigned amount units (Regulation (EC) No 916/2007), 5 since 2013 (chapter III
allowance, in the UK registry's source). Uncertain: how the Union Registry prints an identifier
today; it no longer publishes those of current allowances.
"""

from . import unit_identifiers
from .findings import Broken
from .unit_identifiers import UnitIdentifier, printed

NAME = "eu_ets"
KINDS = {(1, 1), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5)}

__all__ = ["NAME", "parse", "printed", "unit_names"]


def parse(text: str) -> UnitIdentifier | Broken | None:
    found = unit_identifiers.parse(text)
    if isinstance(found, UnitIdentifier) and (found.unit_type, found.supplementary) in KINDS:
        return found
    return None


def unit_names(value):
    return ("EUA",)
