"""What is held on this node altogether, by unit type and registry.

Counting ten million holdings takes seconds, and a home page may not: the totals are counted by a
task and kept in the cache that all processes share. Whoever comes first after a start counts.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count

from registry import permissions
from registry.models import Registry, UnitType

from .holdings import UNITS, held

KEY = "holdings_overview"
# Longer than the task's period: one that is late leaves the page with older figures, not without.
KEPT_S = 600


@dataclass(frozen=True)
class Total:
    """Units of one type in one registry: in circulation, and in accounts that they never leave."""

    registry: Registry
    unit_type: UnitType
    circulating: int
    ended: int
    blocks: int


@dataclass(frozen=True)
class Overview:
    """The totals of the registries that somebody reads, as they were counted at some moment."""

    counted_at: datetime
    totals: list[Total]


def count(*, at) -> dict:
    """Counts all holdings anew and keeps the result for every page."""
    rows = (
        held()
        .values_list("registry_id", "unit_type_id", "account__terminal")
        .annotate(units=UNITS, blocks=Count("pk"))
        .order_by()
    )
    counted = {"at": at, "rows": [(*keys, int(units), blocks) for *keys, units, blocks in rows]}
    cache.set(KEY, counted, KEPT_S)
    return counted


def overview(actor, *, at) -> Overview:
    """The totals of the registries that the actor may read.   Raises: NotPermitted (NO_ACTOR)."""
    readable = permissions.readable_registries(actor)
    counted = cache.get(KEY) or count(at=at)
    sums = {}
    for registry_id, unit_type_id, terminal, units, blocks in counted["rows"]:
        if readable is None or registry_id in readable:
            found = sums.setdefault((registry_id, unit_type_id), [0, 0, 0])
            found[1 if terminal else 0] += units
            found[2] += blocks
    registries = Registry.objects.select_related("jurisdiction").in_bulk(
        {registry_id for registry_id, _unit_type in sums}
    )
    unit_types = UnitType.objects.in_bulk({unit_type for _registry, unit_type in sums})
    totals = [
        Total(registries[registry_id], unit_types[unit_type_id], *figures)
        for (registry_id, unit_type_id), figures in sums.items()
    ]
    totals.sort(key=lambda total: (total.registry.code, total.unit_type.code))
    return Overview(counted["at"], totals)
