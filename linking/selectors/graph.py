"""The graph of all links that this node knows, from the versions in force."""

from dataclasses import dataclass

from django.db import connection

from linking.edges.edge import read
from linking.graph import Graph
from linking.lifecycle.phases import NOT_ASSESSED
from linking.lifecycle.states import Change
from linking.models import EdgeChange, LinkEdge, PhaseStart
from registry.prepared import Prepared, rows

from .readiness import standings


@dataclass(frozen=True)
class Links:
    """The graph, and the row of each edge by its name."""

    graph: Graph
    rows: dict


STATES = ["in_force", "terminated"]
# The links of each database as they were read last, with what they were read by.
_known = {}
STANDING = Prepared(
    "linking_standing",
    ("text[]",),
    """
SELECT
    (SELECT (count(*), sum(hashint8extended(id, 0)::numeric))::text FROM linking_edgechange),
    (SELECT (count(*), sum(hashint8extended(id, 0)::numeric))::text FROM linking_phasestart),
    (SELECT (count(*), sum(hashint8extended(id, 0)::numeric))::text FROM linking_readinessscore),
    (SELECT (count(*), sum(hashint8extended(id, length(status))::numeric))::text
     FROM linking_agreementversion WHERE status = ANY ($1))
""",
)


def links() -> Links:
    """Edges of versions in force, and of those that ended: held units outlive them.

    They are read again when a row that they are made of has come, or a version has another state.
    None of these rows ever changes otherwise.
    """
    name, standing = connection.settings_dict["NAME"], rows(STANDING, [STATES])
    known = _known.get(name)
    if known is None or known[0] != standing:
        known = _known[name] = (standing, _read())
    return known[1]


def _read():
    rows = {
        row.edge_id: row
        for row in LinkEdge.objects.filter(version__status__in=STATES)
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
