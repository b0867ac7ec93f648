"""The graph of all links that this node knows, from the versions in force."""

from dataclasses import dataclass

from linking.edges.edge import read
from linking.graph import Graph
from linking.lifecycle.phases import NOT_ASSESSED
from linking.lifecycle.states import Change
from linking.models import EdgeChange, LinkEdge, PhaseStart

from .readiness import standings


@dataclass(frozen=True)
class Links:
    """The graph, and the row of each edge by its name."""

    graph: Graph
    rows: dict


def links() -> Links:
    """Edges of versions in force, and of those that ended: held units outlive them."""
    rows = {
        row.edge_id: row
        for row in LinkEdge.objects.filter(version__status__in=["in_force", "terminated"])
        .select_related("version")
        .order_by("version_id")
    }
    started = {}
    changes = changes_of(EdgeChange.objects.filter(edge_id__in=rows).order_by("at"))
    phased = {name: row for name, row in rows.items() if row.document["phases"]}
    if phased:
        for start in PhaseStart.objects.filter(edge_id__in=phased):
            started[start.edge_id] = max(start.n, started.get(start.edge_id, start.n))
    # Readiness is asked where a phase has a gate, and where there are no phases nobody reads it.
    assessed = standings({(row.source_id, row.acceptor_id) for row in phased.values()})
    return Links(
        Graph(
            tuple(read(row.document) for row in rows.values()),
            changes,
            {
                name: assessed.get(frozenset((row.source_id, row.acceptor_id)), NOT_ASSESSED)
                for name, row in phased.items()
            },
            started,
        ),
        rows,
    )


def changes_of(rows) -> dict:
    """Changes by the name of their edge, in the order in which the rows come."""
    found = {}
    for row in rows:
        found.setdefault(row.edge_id, []).append(
            Change(row.at, row.state, row.cause, row.grace_until)
        )
    return found
