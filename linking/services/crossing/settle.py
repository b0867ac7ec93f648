"""What the destination does when the units have left their source, or never will."""

import json

from linking.errors import failure
from linking.messages import values
from linking.messages.kinds import Kind
from linking.models import InboxMessage, Transfer
from linking.protocol import Event, State, is_in_time
from linking.ranges import merged
from linking.selectors.peers import published_keys
from linking.selectors.stopped import returning
from linking.services.release import release_all
from linking.services.take_in import Sent, take_in
from registry import canonical
from registry.certificates import verification
from registry.errors import Unavailable
from registry.models import Account, MessageBlock, Transaction, VerifiedMessage
from registry.services.make_receipt import of_transaction

from .hear_proposal import rejection
from .promises import release
from .steps import ROLE, STATE, Contradicted, heard, locked, move, said, say, stepped


def hear_committed(peer, row, message, at):
    """Posts the units in and says so: into suspense where the account no longer takes them, or
    where they left after the link had stopped, of which the source had not heard.

    Raises: Contradicted, Unavailable (RECEIPT_DOES_NOT_HOLD).
    """
    half = locked(message.transfer, ROLE.DESTINATION, peer)
    if half is None:
        raise Contradicted(message.transfer, None, State.NONE, message.kind)
    body = message.body
    if not stepped(half, Event.COMMITTED, at=at, agrees=_agrees(half, row, body)):
        return
    require_receipt(peer, body)
    blocks = _numbers(body["blocks"])
    sent = Sent(blocks, body["posting"], lambda: _keep_message(half, row, blocks, at))
    taken = take_in(half, sent, at, into_suspense=_left_too_late(half, body))
    transaction = Transaction.objects.select_related("posting").get(pk=taken)
    answer = {
        "committed": bytes(row.digest).hex(),
        "posting": str(transaction.posting_id),
        "suspense": _is_in_suspense(transaction),
        "receipt": of_transaction(transaction, at=at),
    }
    move(half, STATE.COMPLETED, destination_transaction_id=taken, ended_at=at)
    release(half, at)
    say(half, Kind.COMPLETED, answer, at=at, about=message.id)


def hear_aborted(peer, _row, message, at):
    """Nothing comes: the limits get back what they had lost.

    Raises: Unavailable (PROPOSAL_IS_UNDER_WAY) while the proposal that it ends has not come.
    """
    half = locked(message.transfer, ROLE.DESTINATION, peer)
    if half is None:
        if rejection(peer, message.transfer) is not None:
            return
        raise Unavailable(failure("PROPOSAL_IS_UNDER_WAY", transfer=str(message.transfer)))
    if stepped(half, Event.ABORTED, at=at):
        parts = half.parts.select_related("decision").order_by("id")
        release_all([part.decision for part in parts], at)
        move(half, STATE.ABORTED, answer=message.body, ended_at=at)
        release(half, at)


def _agrees(half, row, body):
    """Whether what was committed is what was accepted, in time, and not said otherwise before."""
    accepted = said(half, Kind.ACCEPTED)
    if accepted is None or bytes(accepted.digest).hex() != body["accepted"]:
        return False
    # What is said again comes under its id, and is not applied twice: this would be another one.
    others = InboxMessage.objects.filter(peer=half.peer, transfer=half.uuid, kind=row.kind)
    if others.exclude(pk=row.pk).exists():
        return False
    offered = json.loads(heard(half, Kind.PROPOSE).text)["body"]["blocks"]
    return merged(_numbers(body["blocks"])) == merged(
        _numbers((block["first"], block["last"]) for block in offered)
    ) and is_in_time(values.moment(body["at"]), valid_until=half.valid_until)


def _left_too_late(half, body):
    """Whether the units left over a link that had stopped by then, and returns them."""
    if half.edge is None or half.method == Transfer.Method.REPATRIATION:
        return False
    return bool(returning([half.edge.edge_id], values.moment(body["at"])))


def _numbers(blocks):
    return [(int(first), int(last)) for first, last in blocks]


def require_receipt(peer, body) -> None:
    """If a receipt came, it holds.   Raises: Unavailable (RECEIPT_DOES_NOT_HOLD)."""
    if body["receipt"] is None:
        return
    verdict = verification.verify(canonical.encode(body["receipt"]), published_keys(peer))
    if not verdict.holds:
        # Its key may be on a card that is still under way, and the units have left: the message
        # has to come again until it can be judged.
        codes = [finding.code for finding in verdict.findings]
        raise Unavailable(failure("RECEIPT_DOES_NOT_HOLD", findings=codes))


def _keep_message(half, row, blocks, at):
    """The message is what the posting rests on; its SHA-256 as hexadecimal text."""
    kept = VerifiedMessage.objects.create(
        digest=bytes(row.digest), sender=half.sender, receiver=half.receiver, verified_at=at
    )
    MessageBlock.objects.bulk_create(
        MessageBlock(message=kept, unit_type=half.unit_type, serials=(first, last + 1))
        for first, last in blocks
    )
    return bytes(row.digest).hex()


def _is_in_suspense(transaction):
    ends = transaction.lines.values_list("destination_id", flat=True)
    return Account.objects.filter(pk__in=ends, kind="suspense").exists()
