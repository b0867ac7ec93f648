"""What is held on this node altogether, by unit type and registry.

Counting ten million holdings takes seconds, and a home page may not: the totals are counted by a
task and kept in the cache that all processes share. A page shows what was counted last, and when.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Max

from registry import permissions
from registry.models import Position, Registry, UnitType

from .holdings import UNITS, held

KEY = "holdings_overview"
# A task that counts each half minute keeps the figures younger than this; older ones say so.
STALE_AFTER = timedelta(minutes=5)
# Counting takes at most one part in so many of a worker's time, however large the ledger is.
SHARE = 20


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
    """The totals of the registries that somebody reads, as they were counted at some moment; None
    where nothing was counted since the cache was emptied."""

    counted_at: datetime | None
    totals: list[Total]
    is_stale: bool = False


def count(*, at) -> dict:
    """Counts all holdings anew and keeps the result for every page, until the next count."""
    through = _through()
    began = time.perf_counter()
    rows = (
        held()
        .values_list("registry_id", "unit_type_id", "account__terminal")
        .annotate(units=UNITS, blocks=Count("pk"))
        .order_by()
    )
    counted = {
        "at": at,
        "rows": [(*keys, int(units), blocks) for *keys, units, blocks in rows],
        "through": through,
        "took_s": time.perf_counter() - began,
    }
    cache.set(KEY, counted, timeout=None)
    return counted


def keep(*, clock) -> bool:
    """Counts, unless nothing got a position since the last count, or that is too short ago; returns
    whether it counted.

    Figures that nothing has changed are as good as new ones, and are kept as counted now.
    """
    at, last = clock(), cache.get(KEY)
    if last is not None:
        if last["through"] == _through():
            cache.set(KEY, last | {"at": at}, timeout=None)
            return False
        if at - last["at"] < timedelta(seconds=SHARE * last["took_s"]):
            return False
    count(at=at)
    return True


def overview(actor, *, at) -> Overview:
    """The totals of the registries that the actor may read.   Raises: NotPermitted (NO_ACTOR)."""
    readable = permissions.readable_registries(actor)
    counted = cache.get(KEY)
    if counted is None:
        return Overview(None, [])
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
    return Overview(counted["at"], totals, at - counted["at"] > STALE_AFTER)


def _through():
    """The last position: what is committed gets one within a second or two."""
    return Position.objects.aggregate(last=Max("position"))["last"]
