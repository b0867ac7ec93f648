"""What the source hears: accepted or rejected, completed, or that the destination wants out."""

from django.db import transaction

from linking.messages import values
from linking.messages.kinds import Kind
from linking.protocol import Event, State
from linking.services.soon import go_on_soon

from .commit import end
from .steps import ROLE, STATE, Contradicted, locked, move, said, stepped


def hear_accepted(peer, _row, message, at):
    """The units may leave until the moment that the destination names.

    Raises: Contradicted.
    """
    half = _half(peer, message)
    agrees = _is_about(half, Kind.PROPOSE, message.body["propose"])
    if half.state in (STATE.ACCEPTED, STATE.COMMITTED, STATE.COMPLETED):
        agrees = agrees and half.answer == message.body
    if stepped(half, Event.ACCEPTED, at=at, agrees=agrees):
        move(
            half,
            STATE.ACCEPTED,
            answer=message.body,
            accepted_at=at,
            valid_until=values.moment(message.body["valid_until"]),
        )
        transaction.on_commit(go_on_soon, robust=True)


def hear_rejected(peer, _row, message, at):
    """Nothing leaves; why, stands in the half and in the history of its transaction.

    Raises: Contradicted.
    """
    half = _half(peer, message)
    agrees = _is_about(half, Kind.PROPOSE, message.body["propose"])
    if half.state != STATE.ASKED or not agrees:
        stepped(half, Event.REJECTED, at=at, agrees=agrees)
        return
    codes = ", ".join(each["code"] for each in message.body["failures"])
    ending = {"state": STATE.REJECTED, "event": Event.REJECTED, "answer": message.body}
    end(half, codes, at=at, **ending)


def hear_completed(peer, _row, message, at):
    """The units are in.   Raises: Contradicted."""
    half = _half(peer, message)
    agrees = _is_about(half, Kind.COMMITTED, message.body["committed"])
    if stepped(half, Event.COMPLETED, at=at, agrees=agrees):
        move(half, STATE.COMPLETED, ended_at=at)


def hear_abort(peer, _row, message, at):
    """The destination asks for an end: it gets one unless the units have left.

    Raises: Contradicted.
    """
    half = _half(peer, message)
    if half.state in (STATE.ASKED, STATE.ACCEPTED):
        end(half, message.body["reason"], at=at, event=Event.ABORT)
    else:
        stepped(half, Event.ABORT, at=at)


def _half(peer, message):
    half = locked(message.transfer, ROLE.SOURCE, peer)
    if half is None:
        raise Contradicted(message.transfer, None, State.NONE, message.kind)
    return half


def _is_about(half, kind, digest):
    """Whether a digest is of what this half has said."""
    told = said(half, kind)
    return told is not None and bytes(told.digest).hex() == digest
