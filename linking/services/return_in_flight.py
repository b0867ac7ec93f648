"""Return what is under way over a link that has stopped: proposed before, and not posted out.

Between registries of this node the sender's transaction is ended, and the limits get back what they
had lost (carry.py). A half whose source this node keeps is ended, and the other node told. Where
this node is the destination, it has promised: it asks for an end, and the source decides.
"""

import logging

from django.db import transaction

from linking.messages.kinds import Kind
from linking.models import Transfer
from linking.protocol import Event
from linking.selectors.stopped import returning
from registry.errors import DomainError
from registry.services.void_waiting import void_waiting

from .crossing.commit import end
from .crossing.steps import locked, said, say, stepped
from .take_in import actor_of_links

ROLE, STATE = Transfer.Role, Transfer.State
EARLY = (STATE.PROPOSED, STATE.ASKED, STATE.ACCEPTED)
REASON = "LINK_SUSPENDED"
BATCH = 500

logger = logging.getLogger(__name__)


def under_way(**which):
    """Transfers that have not left and need an open link; units that go home need none."""
    rows = Transfer.objects.filter(state__in=EARLY, edge__isnull=False, **which)
    return rows.exclude(method=Transfer.Method.REPATRIATION).order_by("id")


def return_in_flight(*, at) -> int:
    """Returns what links that have stopped leave under way; how many transfers.

    Any number of workers may do this at once.
    """
    edges = under_way().values_list("edge__edge_id", flat=True).distinct().order_by()
    stopped = returning(edges, at)
    returned = 0
    if not stopped:
        return returned
    rows = under_way(edge__edge_id__in=stopped)
    for uuid, role in list(rows.values_list("uuid", "role")[:BATCH]):
        try:
            returned += return_one(uuid, role, at=at)
        except DomainError as error:
            logger.warning("transfer %s is not returned: %s", uuid, ", ".join(error.codes))
    return returned


def return_over(changes, *, at) -> None:
    """Ends, within the database transaction that stops edges, what is under way over them between
    registries of this node, so that nothing of it is approved afterwards."""
    stopped = returning([change.edge_id for change in changes], at)
    for row in under_way(role=ROLE.BOTH, edge__edge_id__in=stopped) if stopped else ():
        _void(row, at)


@transaction.atomic
def return_one(uuid, role, *, at) -> bool:
    """Whether something was done about one transfer that has not left."""
    half = locked(uuid, role)
    if half is None or half.state not in EARLY:
        return False
    if role == ROLE.DESTINATION:
        if said(half, Kind.ABORT) is not None or not stepped(half, Event.WITHDRAW, at=at):
            return False
        say(half, Kind.ABORT, {"reason": REASON}, at=at)
        return True
    if role == ROLE.SOURCE and half.state != STATE.PROPOSED:
        return end(half, REASON, at=at, event=Event.DECIDED_NO) is not None
    return _void(half, at)


def _void(row, at):
    ended = void_waiting(
        actor=actor_of_links(), transaction_id=row.source_transaction_id, reason=REASON, at=at
    )
    return ended is not None
