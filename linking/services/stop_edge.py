"""Emergency stop of a link: by one person of its acceptor at once, lifted by a quorum only."""

from django.db import transaction

from linking import permissions
from linking.models import EdgeChange
from linking.selectors import agreements
from registry.services.stops import Stopped, place_stop

from .change_edge import OPEN, Act, state_of, stopped, suspend


@transaction.atomic
def stop_edge(*, actor, agreement, edge_id, act: Act, at) -> list[EdgeChange]:
    """Suspends an edge as `suspend` does, and keeps it so: nobody resumes it while the stop stands
    that this places in the acceptor's registry. An edge that is suspended already gets the stop.

    Raises: NotPermitted, NotFound, InvalidInput, RuleViolated (NOT_SUSPENDED, STOP_STANDS).
    """
    of = agreements.agreement(agreement)
    row = agreements.edge_in_force(of, edge_id)
    permissions.require_party(actor, of, row.acceptor.code)
    made = []
    if state_of(of, row, at) in OPEN:
        made = suspend(actor=actor, agreement=agreement, edge_id=edge_id, act=act, at=at)
    place_stop(actor=actor, what=Stopped(**stopped(of, row)), reason=act.reason, at=at)
    return made
