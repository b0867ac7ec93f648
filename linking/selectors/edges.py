"""Edges in force, with their states: who recognises whose units is no secret among members."""

from datetime import date

from linking.errors import failure
from linking.models import EdgeChange, LinkEdge
from registry import permissions
from registry.checks.existence import EntityExists
from registry.errors import NotFound
from registry.models import Account, AccountHolder
from registry.selectors.scope import in_scope

from .graph import links


def page(actor, given, *, after, limit, at) -> list[LinkEdge]:
    """Edges in the order of their names, beginning after one, and one more than the limit.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    rows = in_force().filter(**given)
    if after is not None:
        rows = rows.filter(edge_id__gt=after)
    return told(rows[: limit + 1], at)


def find(actor, edge_id, *, at) -> LinkEdge:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_EDGE)."""
    permissions.require_actor(actor)
    found = told(in_force().filter(edge_id=edge_id), at)
    if not found:
        raise NotFound(failure("UNKNOWN_EDGE", edge=str(edge_id)[:40]))
    return found[0]


def entity_for(actor, row, code):
    """The id of an account holder whose quotas the actor may see; None where none is named.

    They are seen by those who read a registry of the acceptor, or represent an account of the
    holder there.

    Raises: NotFound (UNKNOWN_ENTITY).
    """
    if code is None:
        return None
    there = Account.objects.filter(registry__jurisdiction_id=row.acceptor_id)
    accounts = in_scope(there, actor, account="pk")
    entity = AccountHolder.objects.filter(code=code, accounts__in=accounts).first()
    if entity is None:
        raise NotFound(EntityExists.failure(entity=code))
    return entity.pk


def own_holder(actor, row) -> str | None:
    """The code of the holder for whom the actor represents an account of the acceptor; None where
    there is none, or several.

    Raises: NotPermitted (NO_ACTOR).
    """
    accounts = Account.objects.filter(
        pk__in=permissions.represented(actor), registry__jurisdiction_id=row.acceptor_id
    )
    codes = set(accounts.exclude(holder=None).values_list("holder__code", flat=True))
    return codes.pop() if len(codes) == 1 else None


def in_force():
    """The edges of versions in force, in the order of their names."""
    return (
        LinkEdge.objects.filter(version__status="in_force")
        .select_related("source", "acceptor", "version__agreement")
        .order_by("edge_id")
    )


def told(rows, at) -> list[LinkEdge]:
    """The rows with their `state`, since when, and their phase: `now` is the document in it, and
    `delayed` the number of the phase whose gate is closed."""
    rows, graph = list(rows), links().graph
    presents = {edge.edge_id: graph.present(edge, at) for edge in graph.edges}
    for row in rows:
        present = presents[row.edge_id]
        row.state, row.phase = present.state, present.phase
        row.delayed = present.delayed and present.delayed.n
        row.now = {**row.document, **_overrides(row.document, present.phase)}
        row.since = present.change.at if present.change else None
    return rows


def _overrides(document, n):
    phases = (phase for phase in document.get("phases", ()) if phase["n"] == n)
    return next(phases, {}).get("overrides", {})


def with_partners(row, at) -> list[LinkEdge]:
    """The edge and, where it is reciprocal, those the other way, which stop with it."""
    rows = in_force().filter(version_id=row.version_id)
    pairs = [row.pk]
    if row.document["form"] == "reciprocal":
        partners = rows.filter(source_id=row.acceptor_id, acceptor_id=row.source_id)
        pairs += list(partners.values_list("pk", flat=True))
    return sorted(told(rows.filter(pk__in=pairs), at), key=lambda each: each.pk != row.pk)


def next_change(row, at) -> EdgeChange | None:
    """The change that has been decided and has not come yet: the end after a notice."""
    changes = EdgeChange.objects.filter(
        agreement_id=row.version.agreement_id, edge_id=row.edge_id, at__gt=at
    )
    return changes.order_by("at").first()


def next_phase(row, on) -> tuple | None:
    """(number, day) of the phase that comes next by date."""
    for phase in row.document.get("phases", ()):
        day = date.fromisoformat(phase["from"])
        if day > on:
            return phase["n"], day
    return None


def history(row):
    """What has happened to an edge, the latest first."""
    changes = EdgeChange.objects.filter(agreement_id=row.version.agreement_id, edge_id=row.edge_id)
    return changes.select_related("by__jurisdiction", "person").order_by("-at")
