"""What is left of the quotas of an edge: the meters that people and programs look at."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from linking.decide import LimitKey, Request, limit_key, period_of, quota_limit
from linking.edges.edge import Edge
from linking.route import Route
from registry.models import LimitCounter

from .graph import links
from .limits import POOL, scale_of, state_of

FISCAL_YEAR_BEGINS = 4
# Of a quota that is nearly used up, as many parts are used of so many.
NEARLY = (9, 10)


@dataclass(frozen=True)
class Meter:
    """Whole tonnes (or units): parts of one that are left are not counted. None: not known.

    `number` is the place of the quota in the list of the edge.
    """

    key: LimitKey
    at: str
    measure: str
    capacity: int | None
    used: int | None
    left: int | None
    number: int = 0

    def after(self, amount: int) -> int | None:
        """What a request for so much would leave."""
        return None if self.left is None else max(0, self.left - amount)


def meters(edge_id: str, *, entity=None, period: str, at: datetime) -> list[Meter]:
    """The meter of each quota of an edge in its phase; those of entities for the entity named."""
    known = links()
    found = [edge for edge in known.graph.edges if edge.edge_id == edge_id]
    if not found:
        return []
    edge = known.graph.present(found[0], at).edge
    return [
        _meter(edge, number, quota, Request(1, entity, period=period), at)
        for number, quota in enumerate(edge.quotas)
        if quota.scope == "jurisdiction" or entity is not None
    ]


def nearly_used(at: datetime) -> list:
    """(row of the edge, Meter) of quotas for all together that are nine tenths used or more, of
    the periods that run now."""
    known = links()
    fiscal = at.year if at.month >= FISCAL_YEAR_BEGINS else at.year - 1
    counters = LimitCounter.objects.filter(
        pool__startswith="link:", entity=None, period__in=[str(at.year), f"FY{fiscal}", "lifetime"]
    )
    # A limit may be divided into slots: what counts is their sum.
    sums = counters.values_list("pool", "period").annotate(
        capacity=Sum("capacity_t"), used=Sum("used_t")
    )
    found = []
    for pool, period, capacity, used in sums.order_by("pool", "period"):
        named = POOL.fullmatch(pool)
        if used * NEARLY[1] < capacity * NEARLY[0] or named is None:
            continue
        row = known.rows.get(named["edge"])
        edges = [each for each in known.graph.edges if each.edge_id == named["edge"]]
        if row is None or row.version.status != "in_force":
            continue
        edge, number = known.graph.present(edges[0], at).edge, int(named["number"])
        if number < len(edge.quotas):
            key = LimitKey(pool, None, period)
            found.append((row, _of_counter(edge, number, key, (capacity, used))))
    return found


def _of_counter(edge, number, key, parts):
    quota, (capacity, used) = edge.quotas[number], parts
    scale = scale_of(edge, quota)
    return Meter(
        key, quota.at, quota.measure, capacity // scale, -(-used // scale),
        (capacity - used) // scale, number,
    )  # fmt: skip


def _meter(edge: Edge, number, quota, request, at):
    way = Route("import", None, edge.source, edge)
    state = state_of(way, request, at)
    period = period_of(quota, request, at)
    key = limit_key(edge, number, quota, edge.source, request.entity, period)
    limit = quota_limit(edge, quota, request.entity, period, state.bases)
    if limit is None:
        return Meter(key, quota.at, quota.measure, None, None, None, number)
    scale = scale_of(edge, quota)
    capacity = limit * scale + state.carried.get(key, 0)
    used = state.used.get(key, 0)
    # What is used is rounded up and what is left down, so that nobody plans with a part.
    return Meter(
        key, quota.at, quota.measure, capacity // scale, -(-used // scale),
        (capacity - used) // scale, number,
    )  # fmt: skip
