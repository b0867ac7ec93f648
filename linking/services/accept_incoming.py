"""People of the receiver accept a transfer that the rules have accepted, or refuse it.

The sender's form and approvals are one side's word, this is the other's: where the edge asks for
people, units leave when both have been given. What another node asks is decided on anew when
people accept; on this node the limits were taken with the order, and are given back if they refuse.
"""

import json

from django.db import transaction

from linking.errors import failure
from linking.messages import envelope
from linking.messages.kinds import Kind
from linking.models import Transfer
from linking.protocol import Event
from linking.selectors import transfers
from registry import canonical, permissions, turns
from registry.errors import Conflict, DomainError, NotPermitted
from registry.models import Role, Transaction
from registry.services.complete_awaited import complete_awaited, fail_awaited

from .carry import carry
from .crossing.hear_proposal import accept
from .crossing.steps import ROLE, STATE, heard, locked, move, say, stepped
from .refusals import told
from .take_in import actor_of_links

BATCH = 500


@transaction.atomic
def accept_incoming(*, actor, number, at) -> Transfer:
    """Accepts; the units leave as soon as the sender's side is done.

    Raises: NotPermitted (OWN_TRANSFER), NotFound, Conflict (TRANSFER_NOT_WAITING), RuleViolated
    where the rules no longer accept what another node asks.
    """
    half = _waiting(actor, number)
    if half.role == ROLE.BOTH:
        half.accepted_by_id = actor.person_id
        half.save(update_fields=["accepted_by"])
        return go_on_with(half.pk, at=at)
    row = heard(half, Kind.PROPOSE)
    message = envelope.read(json.loads(row.text))
    if stepped(half, Event.PEOPLE_ACCEPT, at=at):
        accept(half, row, message, at=at, by=actor.person_id)
    return half


@transaction.atomic
def refuse_incoming(*, actor, number, reason, at) -> Transfer:
    """Refuses, and says why; nothing leaves.

    Raises: NotPermitted (OWN_TRANSFER), NotFound, Conflict (TRANSFER_NOT_WAITING).
    """
    half = _waiting(actor, number)
    failures = told([failure("RECEIVER_REFUSED", reason=reason)])
    if half.role == ROLE.BOTH:
        half.answer = {"failures": failures}
        half.save(update_fields=["answer"])
        return go_on_with(half.pk, at=at)
    if stepped(half, Event.PEOPLE_REJECT, at=at):
        _reject(half, failures, at)
    return half


def expire_asked(*, at) -> int:
    """Rejects what nobody has accepted until the other node stopped waiting; how many."""
    rows = Transfer.objects.filter(
        role=ROLE.DESTINATION, state=STATE.ASKED, valid_until__lte=at
    ).order_by("id")
    return sum(_expire(uuid, at) for uuid in rows.values_list("uuid", flat=True)[:BATCH])


def go_on_waiting(*, at) -> int:
    """Goes on with transfers on this node of which both sides have spoken; how many have moved."""
    rows = Transfer.objects.filter(
        role=ROLE.BOTH,
        state=STATE.ACCEPTED,
        asks_people=True,
        source_transaction__status=Transaction.Status.DELAYED,
        source_transaction__due_at__lte=at,
    ).exclude(accepted_by__isnull=True, answer__isnull=True)
    return sum(
        go_on_with(pk, at=at).state != STATE.ACCEPTED
        for pk in rows.order_by("id").values_list("id", flat=True)[:BATCH]
    )


@transaction.atomic
def go_on_with(pk, *, at) -> Transfer:
    """Completes or fails the sender's transaction as the receiver's people have said, once it is
    approved and due; then the transfer is carried to its end."""
    turns.take(f"linking_transfer_{pk}")
    row = Transfer.objects.select_related("source_transaction").get(pk=pk)
    if row.state != STATE.ACCEPTED or (row.accepted_by_id is None and row.answer is None):
        return row
    sent = row.source_transaction
    due = sent.status == Transaction.Status.DELAYED and sent.due_at <= at
    if due:
        _decide_source(row)
    return carry(pk, at=at)


def _decide_source(row):
    said = {"actor": actor_of_links(), "transaction_id": row.source_transaction_id}
    if row.accepted_by_id is None:
        fail_awaited(reason="RECEIVER_REFUSED", **said)
        return
    try:
        with transaction.atomic():
            complete_awaited(**said)
    except DomainError as error:
        fail_awaited(reason=error.code, **said)


@transaction.atomic
def _expire(uuid, at):
    half = locked(uuid, ROLE.DESTINATION)
    if half.state != STATE.ASKED or not stepped(half, Event.EXPIRE, at=at):
        return False
    waited = canonical.instant(half.valid_until)
    _reject(half, told([failure("NOBODY_ACCEPTED", until=waited)]), at)
    return True


def _reject(half, failures, at):
    row = heard(half, Kind.PROPOSE)
    body = {"propose": bytes(row.digest).hex(), "failures": failures}
    say(half, Kind.REJECTED, body, at=at, about=row.pk)
    move(half, STATE.REJECTED, answer={"failures": failures}, ended_at=at)


def _waiting(actor, number):
    """The transfer, locked, if the actor may speak for its receiver and it waits for that."""
    found = transfers.find(actor, number)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, found.receiver_id)
    if found.role == ROLE.BOTH:
        turns.take(f"linking_transfer_{found.pk}")
    else:
        locked(found.uuid, found.role)
    found.refresh_from_db()
    if not transfers.waits(found):
        raise Conflict(failure("TRANSFER_NOT_WAITING", state=found.state))
    sent = found.source_transaction
    if sent is not None and sent.proposer_id == actor.person_id:
        raise NotPermitted(failure("OWN_TRANSFER"))
    return found
