"""Take units on from their home, as soon as the transfer that brings them there has ended.

The second transfer is an order like any other of the account at home: its approvals, delays, checks
and quotas hold. What refuses it leaves the units in that account, and whoever ordered is told.
Any number of workers may do this at once.
"""

import logging

from django.db import transaction

from linking.errors import failure
from linking.messages.kinds import Kind
from linking.models import InboxMessage, OnwardTransfer, OutboxMessage, Transfer
from linking.onward import ENDS, Event, State, step
from linking.protocol import Role
from linking.ranges import merged
from linking.selectors import transfers
from registry import turns
from registry.errors import DomainError, RuleViolated, Unavailable

from .crossing.hear_proposal import rejection
from .plan import Order, towards
from .post_message import post_message
from .refusals import told
from .take_in import actor_of_links
from .transfer import transfer

BATCH = 500
UNSENT = (Transfer.State.REJECTED, Transfer.State.ABORTED)

logger = logging.getLogger(__name__)


def go_onward(*, at) -> int:
    """Brings every onward transfer a step on that can go; how many have moved."""
    rows = OnwardTransfer.objects.exclude(state__in=ENDS).order_by("id")
    moved = 0
    for pk in rows.values_list("id", flat=True)[:BATCH]:
        try:
            moved += _go_on(pk, at)
        except DomainError as error:
            logger.warning("onward transfer %s waits: %s", pk, ", ".join(error.codes))
    return moved


@transaction.atomic
def _go_on(pk, at):
    turns.take(f"linking_onward_{pk}")
    row = OnwardTransfer.objects.select_related("peer", "second").get(pk=pk)
    act = ACTS.get((side(row), State(row.state)))
    return bool(act and act(row, at))


def side(row) -> Role:
    """Whether this node keeps the units' home, or waits for the one that does."""
    return Role.SOURCE if row.role == Role.SOURCE else Role.DESTINATION


def move(row, event, *, at, **told) -> bool:
    """Writes what has become of it; whether that was possible."""
    state = step(side(row), State(row.state), event)
    if state is None:
        return False
    row.state = state
    if state in ENDS:
        row.ended_at = at
    for name, value in told.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "ended_at", *told])
    return True


def _begin(row, at):
    half = _first(row)
    if half is None:
        # A proposal that was rejected left nothing; one that has not come yet is waited for.
        unsent = rejection(row.peer, row.uuid) is not None
        return unsent and move(row, Event.FIRST_ENDED, at=at)
    if half.state in UNSENT:
        return move(row, Event.FIRST_ENDED, at=at)
    return half.state == Transfer.State.COMPLETED and move(row, Event.FIRST_COMPLETED, at=at)


def _send(row, at):
    """Proposes the second transfer, by the account at home that the first has brought them to.

    Raises: Unavailable where that has to wait.
    """
    first = _first(row)
    try:
        with transaction.atomic():
            order = _order(row, first)
            key = f"onward-{row.uuid}"
            sent = transfer(actor=actor_of_links(), order=order, key=key, at=at)
    except Unavailable:
        raise
    except DomainError as refused:
        return _stay(row, Event.REFUSED, told(refused.failures), at)
    return move(row, Event.PROPOSED, at=at, second=sent.transfer)


def _order(row, first):
    """Raises: RuleViolated (ONWARD_IN_SUSPENSE), NotFound."""
    lines = list(first.destination_transaction.lines.order_by("first"))
    if any(line.destination_id != first.destination_id for line in lines):
        raise RuleViolated(failure("ONWARD_IN_SUSPENSE"))
    runs = merged((line.first, line.first + line.quantity - 1) for line in lines)
    if len(runs) > 1:
        raise RuleViolated(failure("SEVERAL_RUNS", runs=[list(map(str, run)) for run in runs]))
    return Order(
        first.destination_id,
        unit_type=first.unit_type_id,
        quantity=first.quantity,
        first=runs[0][0],
        period=row.period,
        **towards(transfers.destination(row.account)),
    )


def _end(row, at):
    second = row.second
    if second.state in UNSENT:
        failures = (second.answer or {}).get("failures") or told([failure("ONWARD_ENDED")])
        return _stay(row, Event.SECOND_ENDED, failures, at)
    if second.state != Transfer.State.COMPLETED:
        return False
    _tell(row, Kind.WENT_ON, {"second": str(second.uuid)}, at)
    return move(row, Event.SECOND_COMPLETED, at=at)


def _stay(row, event, failures, at):
    _tell(row, Kind.STAYED, {"failures": failures}, at)
    return move(row, event, at=at, answer={"failures": failures})


def _tell(row, kind, body, at):
    """Tells the node of the order, if that is another one."""
    if row.peer is None:
        return
    said = {"peer": row.peer, "transfer": row.uuid, "kind": Kind.ONWARD}
    order = InboxMessage.objects.get(**said)
    body = {"onward": bytes(order.digest).hex(), **body}
    post_message(row.peer, kind, body, transfer=row.uuid, about=order.pk, at=at)


def _hear_nothing(row, at):
    """A home whose node has refused to read the order will not send on."""
    said = {"peer": row.peer, "transfer": row.uuid, "kind": Kind.ONWARD}
    order = OutboxMessage.objects.filter(**said).first()
    if order is None or order.state != OutboxMessage.State.REFUSED:
        return False
    failures = told([failure("ONWARD_NOT_TAKEN", refusal=order.refusal.get("code", ""))])
    return move(row, Event.REFUSED, at=at, answer={"failures": failures})


def _first(row):
    halves = Transfer.objects.select_related("destination_transaction")
    return halves.filter(uuid=row.uuid, role=row.role).first()


ACTS = {
    (Role.SOURCE, State.PLANNED): _begin,
    (Role.SOURCE, State.AT_HOME): _hear_nothing,
    (Role.DESTINATION, State.PLANNED): _begin,
    (Role.DESTINATION, State.AT_HOME): _send,
    (Role.DESTINATION, State.SENT): _end,
}
