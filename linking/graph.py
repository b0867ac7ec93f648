"""All edges that a decision can see, with their states, phases and readiness. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from .edges.edge import Edge
from .lifecycle.phases import stage
from .lifecycle.states import OPEN, Change, state_at


@dataclass(frozen=True, slots=True)
class Present:
    """An edge as it is at an instant: `edge` is that of its phase."""

    edge: Edge
    state: str
    change: Change | None
    phase: int | None
    delayed: object

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class Graph:
    """`changes`, `standings` and `started` map an edge's id to its changes of state in order, to
    what readiness was assessed, and to the number of the last phase that has begun."""

    edges: tuple
    changes: dict = field(default_factory=dict)
    standings: dict = field(default_factory=dict)
    started: dict = field(default_factory=dict)

    def __post_init__(self):
        between = {}
        for edge in self.edges:
            between.setdefault((edge.source, edge.acceptor), []).append(edge)
        object.__setattr__(self, "_between", between)

    def between(self, source: str, acceptor: str) -> list[Edge]:
        return self._between.get((source, acceptor), [])

    def present(self, edge: Edge, at: datetime) -> Present:
        """The edge at an instant; without a phase in force, a phased edge is a draft."""
        phase, delayed, in_force = None, None, edge
        if edge.phases:
            found = stage(
                edge.phases,
                at.date(),
                self.standings.get(edge.edge_id),
                self.started.get(edge.edge_id),
            )
            phase, delayed = found.phase, found.delayed
            if phase is None:
                return Present(edge, "draft", None, None, delayed)
            in_force = phase.edge
        state, change = state_at(in_force, self.changes.get(edge.edge_id, ()), at)
        return Present(in_force, state, change, phase and phase.n, delayed)

    def is_open(self, source: str, acceptor: str, at: datetime) -> bool:
        """Whether any edge from one to the other is open."""
        return any(self.present(edge, at).is_open for edge in self.between(source, acceptor))
