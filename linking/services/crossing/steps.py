"""One half of a transfer between nodes: found, locked, and moved along the protocol's table."""

from linking import protocol
from linking.errors import failure
from linking.messages.kinds import Kind
from linking.models import InboxMessage, OutboxMessage, Transfer
from linking.protocol import Verdict
from linking.services.post_message import post_message, send_again
from registry import turns
from registry.errors import Conflict

ROLE = Transfer.Role
STATE = Transfer.State


class Contradicted(Conflict):
    """What a message says can not be; `role` is the half that it was about, None if there is none.

    Nothing of the message is kept, and whoever received it opens a case.
    """

    def __init__(self, uuid, role, state, event):
        told = {"transfer": str(uuid), "state": str(state), "said": str(event)}
        super().__init__(failure("TRANSFER_CONTRADICTED", **told))
        self.uuid, self.role = uuid, role


def locked(uuid, role, peer=None) -> Transfer | None:
    """The half, which nobody else changes until the database transaction ends."""
    turns.take(f"linking_transfer_{uuid}")
    rows = Transfer.objects.select_related("peer", "sender", "receiver", "unit_type", "edge")
    found = rows.filter(uuid=uuid, role=role).first()
    # Names of transfers are their source's to give: one of another peer's is not known here.
    return found if found is None or peer is None or found.peer_id == peer.pk else None


def stepped(half: Transfer, event, *, at, agrees=True) -> bool:
    """Whether the event moves the half, or has something done; a repetition has not, and what
    comes out of order is answered by what was said last.

    `agrees` is False for a message that is not true beside what this half has said or heard.

    Raises: Contradicted.
    """
    step = protocol.step(half.role, half.state, event, agrees=agrees)
    if step.verdict == Verdict.CONTRADICTION:
        raise Contradicted(half.uuid, half.role, half.state, event)
    if step.verdict == Verdict.OUT_OF_ORDER:
        for kind in step.sends:
            tell_again(half, kind, at=at)
    return step.verdict == Verdict.APPLIED


def move(half: Transfer, state, **told) -> Transfer:
    """Writes the state that a half is in, and what is told of it."""
    half.state = state
    for name, value in told.items():
        setattr(half, name, value)
    half.save(update_fields=["state", *told])
    return half


def say(half: Transfer, kind, body, *, at, about=None, article6=None) -> OutboxMessage:
    """Tells the other node; about what it has said, if it has."""
    return post_message(
        half.peer, kind, body, transfer=half.uuid, about=about, article6=article6, at=at
    )


def said(half: Transfer, kind) -> OutboxMessage | None:
    """What this node has told of the transfer, the last of its kind."""
    rows = OutboxMessage.objects.filter(peer=half.peer, transfer=half.uuid, kind=kind)
    return rows.order_by("created_at").last()


def heard(half: Transfer, kind) -> InboxMessage | None:
    """What the other node has told of the transfer, the last of its kind."""
    rows = InboxMessage.objects.filter(peer=half.peer, transfer=half.uuid, kind=kind)
    return rows.order_by("received_at").last()


def tell_again(half: Transfer, kind, *, at) -> None:
    """Sends what was told once more, under its id; an abortion that was never told is told."""
    told = said(half, kind)
    if told is not None:
        send_again(told, at=at)
    elif kind == Kind.ABORTED:
        say(half, kind, {"reason": "SOURCE_WITHDREW"}, at=at)
