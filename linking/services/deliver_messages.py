"""Deliver what the outbox holds for a peer: in order, at least once, by one worker at a time."""

from datetime import UTC, datetime, timedelta

from django.db.models import Case, F, Value, When

from linking import gateway
from linking.models import OutboxMessage, Peer
from registry import canonical
from registry.errors import KeyUnavailable
from registry.keys import signing, text_forms
from registry.keys.provider import provider
from registry.models import KeyRecord

# Another worker takes over this long after one was killed in the middle of a request.
LEASE = timedelta(seconds=45)
# Given back so that it is free by every clock, also by one that is put back meanwhile.
FREE = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 200
# Seconds until a peer that does not answer is tried again, and a message that it could not take;
# the last one is repeated.
SILENCE_S = (1, 2, 5, 10, 20, 30)
BACK_OFF_S = (1, 2, 5, 15, 60, 300)
LONGEST_WAIT_S = 3_600
# What is not for ever: about this delivery (a clock, a key that is not known yet), or about now.
RETRIED = frozenset({401, 408, 425, 429})
BUSY = frozenset({429, 503})
LONGEST_PROBLEM = 300
MOST_OF_A_PROBLEM = 65_536


def deliver_messages(peer_id, *, clock) -> int:
    """Sends what is due to one peer; returns how much of it was taken.

    Another worker at the same peer sends nothing. No transaction is open while it is sent. A peer
    that does not answer is left alone for a while, with all that waits for it.
    """
    taken = 0
    while (sent := _batch(peer_id, clock)) and sent == BATCH:
        taken += sent
    return taken + sent


def _batch(peer_id, clock):
    at = clock()
    free = Peer.objects.filter(
        pk=peer_id, state=Peer.State.PINNED, not_before__lte=at, leased_until__lte=at
    )
    if not free.update(leased_until=at + LEASE):
        return 0
    peer = Peer.objects.get(pk=peer_id)
    taken, changed = 0, {}
    try:
        for row in _due(peer, at):
            at = clock()
            Peer.objects.filter(pk=peer_id).update(leased_until=at + LEASE)
            wait_s, ok = _deliver(peer, row, at)
            taken += ok
            if wait_s is not None:
                changed["not_before"] = clock() + timedelta(seconds=wait_s)
                break
    finally:
        Peer.objects.filter(pk=peer_id).update(leased_until=FREE, **changed)
    return taken


def _due(peer, at):
    """Its messages in the order in which they were written; a new card comes before what is signed
    by keys that only the card makes known."""
    card_first = Case(When(kind="card", then=Value(0)), default=Value(1))
    rows = peer.outbox.filter(state="waiting", next_attempt_at__lte=at)
    return list(rows.order_by(card_first, "created_at", "pk")[:BATCH])


def _deliver(peer, row, at):
    """(seconds to leave the peer alone, or None; whether the message was taken)."""
    signature = text_forms.encode(bytes(row.signature))
    # The very bytes that were signed, so that nothing is lost on the way through a parser.
    body = f'{{"key_id":"{row.key_id}","message":{row.text},"signature":"{signature}"}}'.encode()
    try:
        answer = gateway.send(peer.url, gateway.MESSAGES, body, key=_key(row, at), at=at)
    except gateway.NoAnswer as error:
        return _silent(peer, row, str(error), at), False
    except KeyUnavailable as error:
        return _silent(peer, row, error.code, at), False
    Peer.objects.filter(pk=peer.pk, failures__gt=0).update(failures=0, failing_since=None)
    peer.failures = 0
    if answer.status == 200:
        OutboxMessage.objects.filter(pk=row.pk, state="waiting").update(
            state="delivered", delivered_at=at, attempts=F("attempts") + 1, problem=""
        )
        return None, True
    problem = _problem(answer)
    if 400 <= answer.status < 500 and answer.status not in RETRIED and problem.get("code"):
        OutboxMessage.objects.filter(pk=row.pk, state="waiting").update(
            state="refused", attempts=F("attempts") + 1, refusal=problem, problem=""
        )
        return None, False
    wait_s = _postpone(row, f"HTTP {answer.status} {problem.get('code', '')}".strip(), at)
    if answer.status in BUSY:
        return min(_retry_after(answer) or wait_s, LONGEST_WAIT_S), False
    # What follows a card is signed by keys that only the card makes known.
    return (wait_s if row.kind == "card" else None), False


def _key(row, at):
    """The key that signs the request: that of the message, so that a card that tells of a new key
    goes out under the old one; where it is not to be had any more, the one in force."""
    if row.kind == "card" and provider().has(row.key_id):
        return KeyRecord.objects.get(key_id=row.key_id)
    return signing.usable_key(KeyRecord.Purpose.MESSAGE, at=at)


def _silent(peer, row, problem, at):
    wait_s = SILENCE_S[min(peer.failures, len(SILENCE_S) - 1)]
    Peer.objects.filter(pk=peer.pk).update(failures=F("failures") + 1)
    Peer.objects.filter(pk=peer.pk, failing_since=None).update(failing_since=at)
    OutboxMessage.objects.filter(pk=row.pk, state="waiting").update(
        attempts=F("attempts") + 1, problem=problem[:LONGEST_PROBLEM]
    )
    return wait_s


def _postpone(row, problem, at):
    wait_s = BACK_OFF_S[min(row.attempts, len(BACK_OFF_S) - 1)]
    OutboxMessage.objects.filter(pk=row.pk, state="waiting").update(
        attempts=F("attempts") + 1,
        problem=problem[:LONGEST_PROBLEM],
        next_attempt_at=at + timedelta(seconds=wait_s),
    )
    return wait_s


def _problem(answer):
    """The problem (RFC 9457) that the peer tells; nothing where it is none of a node's."""
    if not answer.headers.get("content-type", "").startswith(gateway.PROBLEM):
        return {}
    try:
        told = canonical.read_object(answer.body, at_most=MOST_OF_A_PROBLEM)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told.get("code"), str) else {}


def _retry_after(answer):
    text = answer.headers.get("retry-after", "")
    return int(text) if text.isdecimal() and len(text) < 6 else None
