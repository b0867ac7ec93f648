"""What the limits of a route stand at: the registry's counters, the bases, the units so far."""

from linking.decide import LimitKey, State, limit_key, period_of
from linking.decide import units_key as key_of_units
from linking.models import QuotaExtra, UnitsUsed
from registry import ports
from registry.models import LimitCounter


def state_of(way, request, at) -> State:
    """What the limits of a route stand at, from the counters and the bases."""
    state = State()
    edge = way.edge
    if edge is None:
        return state
    for number, quota in enumerate(edge.quotas):
        period = period_of(quota, request, at)
        key = limit_key(edge, number, quota, way.source, request.entity, period)
        if quota.base != "absolute":
            whose = edge.acceptor if quota.base == "cap" else request.entity
            tonnes = ports.bases(whose, quota.base, period)
            if tonnes is not None:
                state.bases[whose, quota.base, period] = tonnes
        state.used[key] = counter_of(key).values_list("used_t", flat=True).first() or 0
        extra = QuotaExtra.objects.filter(pool=key.pool, period=period) if not key.entity else None
        if extra is not None:
            state.carried[key] = extra.values_list("parts", flat=True).first() or 0
        if quota.allocation != "fcfs":
            own = LimitKey(key.pool, request.entity, period)
            given = counter_of(own).values_list("capacity_t", "used_t").first() or (0, 0)
            state.allotted[own] = given[0] // scale_of(edge, quota)
            state.used[own] = given[1]
    if way.kind == "use":
        found = units_of(way, request).values_list("units", flat=True).first()
        state.units[key_of_units(way, request)] = found or 0
    return state


def scale_of(edge, quota) -> int:
    """Parts of a tonne that the counters of a quota count in."""
    return edge.scale if quota.at == "import" and quota.measure == "compliance_tonnes" else 1


def counter_of(key):
    return LimitCounter.objects.filter(pool=key.pool, entity_id=key.entity, period=key.period)


def units_of(way, request):
    edge_id, factor, entity, period = key_of_units(way, request)
    return UnitsUsed.objects.filter(edge_id=edge_id, factor=factor, entity_id=entity, period=period)
