"""What a proposed edge would have done to requests of the past: replayed before signing. Pure.

The requests are decided one after the other, each against the limits that those before it left,
by the edge as it is and by the edge as it would be.
"""

from dataclasses import dataclass

from .decide import State, decide, units_key
from .graph import Graph
from .route import Unit, route


@dataclass(frozen=True, slots=True)
class Past:
    """A request of the past: the units, from where to where, how many, when."""

    unit: Unit
    source: str
    to: str
    request: object
    at: object


@dataclass(frozen=True, slots=True)
class Impact:
    """Totals over all requests; `refused` counts units by code."""

    accepted: int
    rejected: int
    credited: int
    cancelled: int
    refused: dict


def replay(graph: Graph, past, bases: dict) -> Impact:
    """The totals of the requests, in the order of their instants, from empty limits on."""
    state = State(bases=dict(bases))
    accepted = rejected = credited = cancelled = 0
    refused = {}
    for each in sorted(past, key=lambda each: each.at):
        way = route(graph, each.unit, each.source, each.to, each.at)
        decision = decide(way, each.request, state, each.at)
        accepted += decision.accepted
        rejected += decision.rejected
        credited += decision.credited
        cancelled += decision.remainder.get("cancel", 0)
        for code in decision.codes:
            refused[code] = refused.get(code, 0) + decision.rejected
        _keep(state, way, each.request, decision)
    return Impact(accepted, rejected, credited, cancelled, refused)


def compare(before: Graph, after: Graph, past, bases: dict) -> tuple[Impact, Impact]:
    """What the links as they are gave, and what they would give as proposed."""
    past = list(past)
    return replay(before, past, bases), replay(after, past, bases)


def _keep(state, way, request, decision):
    for take in decision.takes:
        state.used[take.key] = state.used.get(take.key, 0) + take.amount
    for take in decision.restores:
        state.used[take.key] = state.used.get(take.key, 0) - take.amount
    if way.kind == "use" and way.edge is not None:
        key = units_key(way, request)
        state.units[key] = state.units.get(key, 0) + decision.consumed
