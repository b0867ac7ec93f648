"""Write a message to a peer into the outbox, with the state that it announces."""

from django.db import transaction

from linking.errors import failure
from linking.messages import envelope
from linking.models import OutboxMessage, Peer
from registry.errors import RuleViolated
from registry.keys import signing
from registry.models import KeyRecord

from .own_message import own_message
from .soon import soon

DELIVERY = "linking.tasks.deliver_to_peer"


@transaction.atomic
def post_message(peer, kind, body, *, at, **refers) -> OutboxMessage:
    """Signs a message and keeps it for delivery, within the database transaction under way.

    `refers` may hold `transfer` and `about` (UUIDs) and `article6`. Delivery begins when the
    transaction is committed, and is repeated until the peer has taken or refused the message.

    Raises: RuleViolated (PEER_NOT_PINNED), KeyUnavailable.
    """
    if peer.state not in (Peer.State.PINNED, Peer.State.PAUSED):
        raise RuleViolated(failure("PEER_NOT_PINNED", peer=peer.name))
    key = signing.usable_key(KeyRecord.Purpose.MESSAGE, at=at)
    message = own_message(peer, kind, body, at=at, **refers)
    text = envelope.encode(message)
    written = OutboxMessage.objects.create(
        id=message.id,
        peer=peer,
        kind=message.kind,
        transfer=message.transfer,
        text=text.decode(),
        digest=envelope.digest(message),
        key_id=key.key_id,
        signature=signing.sign(key, text),
        created_at=at,
        next_attempt_at=at,
    )
    transaction.on_commit(lambda: kick(peer.pk), robust=True)
    return written


def send_again(row, *, at) -> None:
    """Sends the very same message once more, whatever became of it: a peer that has it says so.

    It goes within the database transaction under way, as a new one does.
    """
    OutboxMessage.objects.filter(pk=row.pk).update(
        state=OutboxMessage.State.WAITING, delivered_at=None, refusal=None, next_attempt_at=at
    )
    transaction.on_commit(lambda: kick(row.peer_id), robust=True)


def kick(peer_id) -> None:
    """Has a worker deliver to a peer at once."""
    soon(DELIVERY, peer_id)
