"""Close the periods of quotas that are over, and carry forward what they have left."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from linking.decide import Request, period_of
from linking.selectors.graph import links
from registry import ports, turns

from .carry_forward import carry_forward

# In which month a period begins, of the kinds of which something is carried forward.
BEGINS = {"calendar_year": 1, "fiscal_year_april": 4}
A_MOMENT = timedelta(microseconds=1)


def close_periods(*, at) -> int:
    """Carries forward what the period before the running one has left, for every quota that says
    so; how many had something left.

    Of edges that were in force by then. Whoever calls this again carries only what was given back
    meanwhile, so any number of workers may.
    """
    known, carried = links(), 0
    for edge in known.graph.edges:
        for number, quota in enumerate(edge.quotas):
            if quota.carry_forward_max:
                carried += _close(known, edge, number, at)
    return carried


@transaction.atomic
def _close(known, edge, number, at):
    quota = edge.quotas[number]
    begins = _beginning(quota.period, at)
    changes = known.graph.changes.get(edge.edge_id, ())
    if not any(change.at < begins for change in changes):
        # What was not in force yet has nothing to carry.
        return False
    turns.take(f"linking_periods_{edge.edge_id}")
    closed = period_of(quota, Request(0), begins - A_MOMENT)
    tonnes = ports.bases(edge.acceptor, quota.base, closed) if quota.base == "cap" else None
    if quota.base == "cap" and tonnes is None:
        return False
    then = known.graph.present(edge, begins - A_MOMENT).edge
    if number >= len(then.quotas) or then.quotas[number].period != quota.period:
        then = edge
    bases = {(edge.acceptor, quota.base, closed): tonnes}
    opened = period_of(quota, Request(0), at)
    return carry_forward(then, number, closed=closed, opened=opened, bases=bases, at=at) > 0


def _beginning(period, at):
    """The instant at which the running period began."""
    begun = datetime(at.year, BEGINS[period], 1, tzinfo=UTC)
    return begun if begun <= at else begun.replace(year=at.year - 1)
