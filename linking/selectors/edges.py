"""Edges in force, with their states: who recognises whose units is no secret among members."""

from linking.errors import failure
from linking.models import LinkEdge
from registry import permissions
from registry.checks.existence import EntityExists
from registry.errors import NotFound
from registry.models import AccountHolder, Registry

from .graph import links


def page(actor, given, *, after, limit, at) -> list[LinkEdge]:
    """Edges in the order of their names, beginning after one, and one more than the limit.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    rows = _rows().filter(**given)
    if after is not None:
        rows = rows.filter(edge_id__gt=after)
    return _told(rows[: limit + 1], at)


def find(actor, edge_id, *, at) -> LinkEdge:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_EDGE)."""
    permissions.require_actor(actor)
    found = _told(_rows().filter(edge_id=edge_id), at)
    if not found:
        raise NotFound(failure("UNKNOWN_EDGE", edge=str(edge_id)[:40]))
    return found[0]


def entity_for(actor, row, code):
    """The id of an account holder whose quotas the actor may see; None where none is named.

    They are seen by those who read a registry of the acceptor.

    Raises: NotFound (UNKNOWN_ENTITY).
    """
    if code is None:
        return None
    readable = permissions.readable_registries(actor)
    theirs = Registry.objects.filter(jurisdiction_id=row.acceptor_id)
    if readable is not None:
        theirs = theirs.filter(pk__in=readable)
    entity = AccountHolder.objects.filter(code=code, accounts__registry__in=theirs).first()
    if entity is None:
        raise NotFound(EntityExists.failure(entity=code))
    return entity.pk


def _rows():
    return (
        LinkEdge.objects.filter(version__status="in_force")
        .select_related("source", "acceptor", "version__agreement")
        .order_by("edge_id")
    )


def _told(rows, at):
    """The rows with their `state`, since when, and their phase."""
    rows, graph = list(rows), links().graph
    presents = {edge.edge_id: graph.present(edge, at) for edge in graph.edges}
    for row in rows:
        present = presents[row.edge_id]
        row.state, row.phase = present.state, present.phase
        row.since = present.change.at if present.change else None
    return rows
