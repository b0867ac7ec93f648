"""Begin phases whose day has come and whose gate is open, and say which are delayed."""

from dataclasses import dataclass

from django.db import transaction

from linking.lifecycle.phases import NOT_ASSESSED, stage
from linking.models import PhaseStart
from linking.selectors.graph import links


@dataclass(frozen=True)
class Begun:
    """Phases that began, and those that are held back: (edge, number) each."""

    started: tuple
    delayed: tuple


@transaction.atomic
def start_phases(*, at) -> Begun:
    """Records, for each edge in force, every phase that has begun by now.

    A phase that is recorded goes on when readiness falls. Calling it again changes nothing.
    """
    known = links()
    started, delayed = [], []
    for edge in known.graph.edges:
        standing = known.graph.standings.get(edge.edge_id, NOT_ASSESSED)
        done = known.graph.started.get(edge.edge_id)
        found = stage(edge.phases, at.date(), standing, done)
        if found.delayed is not None:
            delayed.append((edge.edge_id, found.delayed.n))
        for phase in edge.phases:
            if found.phase is None or phase.n > found.phase.n:
                break
            _row, created = PhaseStart.objects.get_or_create(
                agreement_id=known.rows[edge.edge_id].version.agreement_id,
                edge_id=edge.edge_id,
                n=phase.n,
                defaults={"at": at, "index": str(standing.index)},
            )
            if created:
                started.append((edge.edge_id, phase.n))
    return Begun(tuple(started), tuple(delayed))
