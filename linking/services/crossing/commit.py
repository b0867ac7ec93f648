"""Let the units leave: the commit point of a transfer between nodes, and the ways around it."""

import logging

from django.conf import settings
from django.db import transaction

from linking.messages.kinds import Kind
from linking.models import Transfer
from linking.protocol import Event, may_commit
from linking.selectors.stopped import returning
from linking.services.release import UNDONE
from linking.services.take_in import actor_of_links
from registry import canonical
from registry.errors import DomainError
from registry.models import Transaction
from registry.services.complete_awaited import complete_awaited, fail_awaited
from registry.services.execute_due import PASSING
from registry.services.make_receipt import of_transaction

from .steps import ROLE, STATE, heard, locked, move, said, say, stepped

METHOD = Transfer.Method

logger = logging.getLogger(__name__)


@transaction.atomic
def commit(uuid, *, at) -> Transfer | None:
    """Posts the units out and says so, before the acceptance ends; None where that has to wait.

    Too late by the clock, over a link that has stopped, or forbidden by a rule that does not pass:
    the transaction fails, and the other node is told that nothing comes.

    Raises: KeyUnavailable.
    """
    half = locked(uuid, ROLE.SOURCE)
    if half is None or half.state != STATE.ACCEPTED:
        return None
    if half.edge and half.method != METHOD.REPATRIATION and returning([half.edge.edge_id], at):
        return end(half, "LINK_SUSPENDED", at=at, event=Event.DECIDED_NO)
    skew = settings.CONCORD["PEER_SKEW"]
    if not may_commit(at, valid_until=half.valid_until, skew=skew):
        return end(half, "ACCEPTANCE_EXPIRED", at=at)
    try:
        with transaction.atomic():
            outcome = complete_awaited(
                actor=actor_of_links(), transaction_id=half.source_transaction_id
            )
    except DomainError as error:
        if PASSING.issuperset(error.codes):
            return None
        logger.warning("transfer %s can not leave: %s", half.uuid, ", ".join(error.codes))
        return end(half, error.code, at=at)
    if outcome is None or not stepped(half, Event.COMMIT, at=at):
        return None
    sent = Transaction.objects.select_related("posting").get(pk=half.source_transaction_id)
    body = {
        "accepted": bytes(heard(half, Kind.ACCEPTED).digest).hex(),
        "posting": str(outcome.posting_id),
        "at": canonical.instant(sent.posting.recorded_at),
        "blocks": blocks_of(sent),
        "receipt": of_transaction(sent, at=at),
    }
    say(half, Kind.COMMITTED, body, at=at)
    return move(half, STATE.COMMITTED)


def blocks_of(sent: Transaction) -> list:
    """[first, last] of the serials that a transaction names, as text, from the lowest up."""
    lines = sent.lines.order_by("first").values_list("first", "quantity")
    return [[str(first), str(first + quantity - 1)] for first, quantity in lines]


def end(half: Transfer, reason: str, *, at, state=STATE.ABORTED, event=Event.EXPIRE, **told):
    """Ends a half whose units do not leave, and its transaction if that has not ended.

    None where the transaction is being completed at this moment. The other node is told, unless
    it was never asked or has itself said so. `told` is what else the half keeps.
    """
    failed = fail_awaited(
        actor=actor_of_links(), transaction_id=half.source_transaction_id, reason=reason
    )
    sent = Transaction.objects.get(pk=half.source_transaction_id)
    if (failed is None and sent.status not in UNDONE) or not stepped(half, event, at=at):
        return None
    if half.state != STATE.PROPOSED and state == STATE.ABORTED:
        say(half, Kind.ABORTED, {"reason": reason}, at=at)
    return move(half, state, ended_at=at, **told)


@transaction.atomic
def follow(uuid, *, at) -> Transfer | None:
    """Ends the half of a transaction that people have ended, or that has expired."""
    half = locked(uuid, ROLE.SOURCE)
    if half is None or half.state not in (STATE.PROPOSED, STATE.ASKED, STATE.ACCEPTED):
        return None
    status = Transaction.objects.values_list("status", flat=True).get(pk=half.source_transaction_id)
    if status not in UNDONE:
        return None
    return end(half, "SOURCE_WITHDREW", at=at, event=Event.WITHDRAW)


@transaction.atomic
def end_refused(uuid, *, at) -> Transfer | None:
    """Ends the half whose proposal the other node has refused to read: nothing leaves."""
    half = locked(uuid, ROLE.SOURCE)
    told = half and said(half, Kind.PROPOSE)
    if half is None or half.state != STATE.ASKED or told.refusal is None:
        return None
    reason = told.refusal.get("code", "PROPOSAL_REFUSED")
    ending = {"state": STATE.REJECTED, "event": Event.UNDELIVERABLE, "answer": told.refusal}
    return end(half, reason, at=at, **ending)
