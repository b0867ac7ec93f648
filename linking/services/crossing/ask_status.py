"""When nothing is heard for long: asking, and answering who asks."""

from datetime import timedelta

from django.db import transaction

from linking.messages.kinds import Kind
from linking.protocol import Event, Role, State, step
from linking.services.post_message import post_message, send_again

from .hear_proposal import rejection
from .steps import ROLE, STATE, locked, said, say, stepped, tell_again

# What was delivered is asked about after so long, and again after as long.
SILENCE = timedelta(minutes=10)
# Who waits for whom: the destination for a commit, the source for an answer and for completion.
WAITS = {
    ROLE.DESTINATION: {STATE.ACCEPTED: Kind.ACCEPTED},
    ROLE.SOURCE: {STATE.ASKED: Kind.PROPOSE, STATE.COMMITTED: Kind.COMMITTED},
}


@transaction.atomic
def ask_status(uuid, role, *, at) -> bool:
    """Asks the other node what has become of a transfer of which nothing is heard; whether it
    was time to."""
    half = locked(uuid, role)
    kind = WAITS.get(half.role, {}).get(half.state)
    told = kind and said(half, kind)
    if told is None or told.delivered_at is None or at < told.delivered_at + SILENCE:
        return False
    asked = said(half, Kind.STATUS)
    if asked is not None and at < asked.created_at + SILENCE:
        return False
    if not stepped(half, Event.SILENCE, at=at):
        return False
    say(half, Kind.STATUS, {"state": half.state}, at=at)
    return True


def hear_status(peer, _row, message, at):
    """Tells again what was told last; of what is not known, that it is not."""
    for role in (ROLE.SOURCE, ROLE.DESTINATION):
        half = locked(message.transfer, role, peer)
        if half is not None:
            for kind in step(Role(half.role), State(half.state), Event.STATUS).sends:
                tell_again(half, kind, at=at)
            return
    refusal = rejection(peer, message.transfer)
    if refusal is not None:
        send_again(refusal, at=at)
    else:
        post_message(peer, Kind.UNKNOWN, {}, transfer=message.transfer, about=message.id, at=at)


def hear_unknown(peer, _row, message, at):
    """The other node knows nothing of a transfer: it is told again what it must have lost.

    Raises: Contradicted.
    """
    half = locked(message.transfer, ROLE.SOURCE, peer)
    if half is not None:
        stepped(half, Event.UNKNOWN, at=at)
