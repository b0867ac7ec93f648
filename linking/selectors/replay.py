"""Making a stored decision again, from what it rested on, to see that it was right."""

from datetime import date

from linking.decide import LimitKey, Request, State, decide, limit_key, period_of, quota_limit
from linking.decide import units_key as key_of_units
from linking.edges.edge import read
from linking.graph import Graph
from linking.models import EdgeChange, PhaseStart, StoredDecision
from linking.route import Unit, route

from .graph import changes_of
from .limits import scale_of


def made_again(stored: StoredDecision):
    """The decision that the stored edge, request and limits give now.

    The version of the edge is the stored one; of changes and phases only those that had come by
    then are looked at.
    """
    edge = read(stored.edge.document)
    agreement = stored.edge.version.agreement_id
    changes = EdgeChange.objects.filter(agreement_id=agreement, at__lte=stored.at)
    starts = PhaseStart.objects.filter(
        agreement_id=agreement, edge_id=edge.edge_id, at__lte=stored.at
    )
    others = stored.edge.version.edges.exclude(pk=stored.edge_id)
    graph = Graph(
        (edge, *(read(row.document) for row in others)),
        changes_of(changes.order_by("at")),
        started={edge.edge_id: max(start.n for start in starts)} if starts else {},
    )
    unit, request = _unit(stored.request["unit"]), Request(**stored.request["request"])
    said = stored.request
    way = route(graph, unit, said["source"], said["to"], stored.at)
    return decide(way, request, _state(way, request, stored), stored.at)


def _unit(said):
    days = {"issued_on": said["issued_on"] and date.fromisoformat(said["issued_on"])}
    made_of = {"converted_from": said["converted_from"] and tuple(said["converted_from"])}
    return Unit(**{**said, **days, **made_of})


def _state(way, request, stored):
    """Limits that leave what was left before the decision."""
    edge, state = way.edge, State()
    before = {
        LimitKey(limit["pool"], limit["entity"], limit["period"]): int(limit["before"])
        for limit in stored.outcome["limits"]
    }
    for number, quota in enumerate(edge.quotas):
        period = period_of(quota, request, stored.at)
        key = limit_key(edge, number, quota, way.source, request.entity, period)
        if key not in before:
            continue
        if quota.base != "absolute":
            whose = edge.acceptor if quota.base == "cap" else request.entity
            # Any base does, as what was left is known.
            state.bases[whose, quota.base, period] = 0
        limit = quota_limit(edge, quota, request.entity, period, state.bases)
        state.carried[key] = before[key] - limit * scale_of(edge, quota)
        own = LimitKey(key.pool, request.entity, period)
        if quota.allocation != "fcfs" and own in before:
            scale = scale_of(edge, quota)
            state.allotted[own] = -(-before[own] // scale)
            state.used[own] = state.allotted[own] * scale - before[own]
    if way.kind == "use":
        state.units[key_of_units(way, request)] = int(stored.outcome["units_before"])
    return state
