"""What was asked of links in the last year, and what a proposed text would have made of it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from linking.decide import Request, period_of
from linking.graph import Graph
from linking.models import StoredDecision
from linking.preview import Impact, Past, compare
from linking.route import Unit
from registry import ports

from .graph import links

YEAR = timedelta(days=365)
# More requests than this are not replayed while somebody waits for a page.
MOST = 2000


@dataclass(frozen=True)
class Replayed:
    """What the requests of the last year would have met: now, and by the text that is proposed.

    `phase` is the number of the phase that is looked at, None for an edge without phases; the
    requests are replayed as if it had been in force all year.
    """

    edge_id: str
    phase: int | None
    requests: int
    before: Impact
    after: Impact


def replayed(edges, at) -> list[Replayed]:
    """One answer for each edge of a text, or for each phase of it, that something was asked of."""
    now, found = links().graph, []
    for edge in edges:
        past = requests(edge, since=at - YEAR, until=at)
        if not past:
            continue
        variants = [(phase.n, phase.edge) for phase in edge.phases] or [(None, edge)]
        for n, variant in variants:
            others = [_without_phases(each) for each in edges if each.edge_id != edge.edge_id]
            known = bases([variant, *now.edges], past)
            before, after = compare(
                Graph(tuple(map(_without_phases, now.edges))),
                Graph((variant, *others)),
                past,
                known,
            )
            found.append(Replayed(edge.edge_id, n, len(past), before, after))
    return found


def _without_phases(edge):
    """An edge as it is in its last phase: what is replayed is older than any of them."""
    return edge.phases[-1].edge if edge.phases else edge


def requests(edge, *, since, until) -> list[Past]:
    """What was decided on units of the source: coming in, used, going home; the latest first."""
    there = Q(request__to=edge.acceptor)
    home = Q(request__to=edge.source, request__source=edge.acceptor)
    rows = StoredDecision.objects.filter(
        there | home, request__unit__issuer=edge.source, at__gte=since, at__lt=until
    )
    return [
        Past(_unit(row.request["unit"]), row.request["source"], row.request["to"],
             Request(**row.request["request"]), row.at)
        for row in rows.order_by("-at")[:MOST]
    ]  # fmt: skip


def _unit(said):
    issued_on = said["issued_on"] and date.fromisoformat(said["issued_on"])
    made_of = said["converted_from"] and tuple(said["converted_from"])
    return Unit(**{**said, "issued_on": issued_on, "converted_from": made_of})


def bases(edges, past) -> dict:
    """The tonnes by which quotas are measured, for every request: (whose, base, period)."""
    wanted = {
        (edge.acceptor if quota.base == "cap" else each.request.entity, quota.base,
         period_of(quota, each.request, each.at))
        for edge in edges
        for quota in edge.quotas
        for each in past
        if quota.base != "absolute"
    }  # fmt: skip
    found = {key: ports.bases(*key) for key in wanted if key[0] is not None}
    return {key: tonnes for key, tonnes in found.items() if tonnes is not None}
