"""Which factor holds for a year, and the templates as they are read."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mrv.errors import failure
from mrv.models import Factor, FactorSet, SectorTemplate
from mrv.sectors.template import Template, read
from registry import canonical
from registry.errors import NotFound, RuleViolated


@dataclass(frozen=True)
class Library:
    """The factors of a reporting year, by (set, key, parameter): those of the newest version of
    each set that is valid on the last day of the year. `others` are known, and of other years."""

    year: int
    factors: dict
    others: frozenset

    def factor(self, set_code, key, parameter) -> Factor:
        """Raises: RuleViolated (UNKNOWN_FACTOR, FACTOR_NOT_VALID)."""
        found = self.factors.get((set_code, key, parameter))
        if found is not None:
            return found
        named = {"set": set_code[:40], "key": key[:40], "parameter": parameter[:40]}
        if (set_code, key, parameter) in self.others:
            raise RuleViolated(failure("FACTOR_NOT_VALID", year=str(self.year), **named))
        raise RuleViolated(failure("UNKNOWN_FACTOR", **named))


def library(year) -> Library:
    """All factors, read once."""
    day = date(year, 12, 31)
    valid, others = {}, set()
    rows = Factor.objects.select_related("factor_set").order_by("factor_set__version")
    for each in rows:
        of, name = each.factor_set, (each.factor_set.code, each.key, each.parameter)
        if of.valid_from <= day and (of.valid_to is None or of.valid_to >= day):
            valid[name] = each
        else:
            others.add(name)
    return Library(year, valid, frozenset(others))


def factor_sets():
    """All versions of all sets, by code."""
    return FactorSet.objects.prefetch_related("factors").order_by("code", "version")


def template_of(sector) -> SectorTemplate:
    """The newest template of a sector.   Raises: NotFound (UNKNOWN_SECTOR)."""
    found = SectorTemplate.objects.filter(code=sector).order_by("-version").first()
    if found is None:
        raise NotFound(failure("UNKNOWN_SECTOR", sector=str(sector)[:40]))
    return found


def as_read(template: SectorTemplate) -> Template:
    """The template as formulas are bound by it; one text is read once."""
    return _read(canonical.encode(template.document))


@lru_cache(maxsize=64)
def _read(data):
    return read(json.loads(data))
