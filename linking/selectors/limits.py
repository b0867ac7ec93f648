"""What the limits of a route stand at: the registry's counters, the bases, the units so far."""

import re

from linking.decide import LimitKey, State, limit_key, period_of
from linking.decide import units_key as key_of_units
from linking.edges.edge import read
from linking.models import LinkEdge, UnitsUsed
from registry import limits, ports
from registry.limits import Standing

# As linking.decide names the pools of quotas: of an edge, and of a route that leads to it.
POOL = re.compile(r"link:(?P<edge>.+?):(?P<number>[0-9]+)(:[^:]+)?")
NOTHING = Standing(0, 0)


def state_of(way, request, at) -> State:
    """What the limits of a route stand at, from the counters and the bases."""
    state = State()
    edge = way.edge
    if edge is None:
        return state
    keys = _keys(way, request, at)
    found = limits.standings(key for pair in keys for key in pair if key is not None)
    for quota, (key, own) in zip(edge.quotas, keys, strict=True):
        if quota.base != "absolute":
            whose = edge.acceptor if quota.base == "cap" else request.entity
            tonnes = ports.bases(whose, quota.base, key.period)
            if tonnes is not None:
                state.bases[whose, quota.base, key.period] = tonnes
        standing = found.get(key, NOTHING)
        state.used[key], state.carried[key] = standing.used_t, standing.extra_t
        if own is not None:
            given = found.get(own, NOTHING)
            state.allotted[own] = given.capacity_t // scale_of(edge, quota)
            state.used[own] = given.used_t
    if way.kind == "use":
        units = units_of(way, request).values_list("units", flat=True).first()
        state.units[key_of_units(way, request)] = units or 0
    return state


def _keys(way, request, at):
    """The counter of each quota of a route, and the requester's own where it was given out."""
    for_each = []
    for number, quota in enumerate(way.edge.quotas):
        period = period_of(quota, request, at)
        key = limit_key(way.edge, number, quota, way.source, request.entity, period)
        own = LimitKey(key.pool, request.entity, period) if quota.allocation != "fcfs" else None
        for_each.append((key, own))
    return for_each


def scale_of(edge, quota) -> int:
    """Parts of a tonne that the counters of a quota count in."""
    return edge.scale if quota.at == "import" and quota.measure == "compliance_tonnes" else 1


def scale_now(pool) -> int | None:
    """Parts of a tonne that a pool of a quota in force counts in; an amendment changes it."""
    named = POOL.fullmatch(pool)
    rows = LinkEdge.objects.filter(version__status="in_force", edge_id=named and named["edge"])
    document = rows.values_list("document", flat=True).first()
    if document is None:
        return None
    edge, number = read(document), int(named["number"])
    return scale_of(edge, edge.quotas[number]) if number < len(edge.quotas) else None


def units_of(way, request):
    edge_id, factor, entity, period = key_of_units(way, request)
    return UnitsUsed.objects.filter(edge_id=edge_id, factor=factor, entity_id=entity, period=period)
