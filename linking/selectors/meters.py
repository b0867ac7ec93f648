"""What is left of the quotas of an edge: the meters that people and programs look at."""

from dataclasses import dataclass
from datetime import datetime

from linking.decide import LimitKey, Request, limit_key, period_of, quota_limit
from linking.edges.edge import Edge
from linking.route import Route

from .graph import links
from .limits import scale_of, state_of


@dataclass(frozen=True)
class Meter:
    """Whole tonnes (or units): parts of one that are left are not counted. None: not known."""

    key: LimitKey
    at: str
    measure: str
    capacity: int | None
    used: int | None
    left: int | None

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


def _meter(edge: Edge, number, quota, request, at):
    way = Route("import", None, edge.source, edge)
    state = state_of(way, request, at)
    period = period_of(quota, request, at)
    key = limit_key(edge, number, quota, edge.source, request.entity, period)
    limit = quota_limit(edge, quota, request.entity, period, state.bases)
    if limit is None:
        return Meter(key, quota.at, quota.measure, None, None, None)
    scale = scale_of(edge, quota)
    capacity = limit * scale + state.carried.get(key, 0)
    used = state.used.get(key, 0)
    # What is used is rounded up and what is left down, so that nobody plans with a part.
    return Meter(
        key, quota.at, quota.measure, capacity // scale, -(-used // scale),
        (capacity - used) // scale,
    )  # fmt: skip
