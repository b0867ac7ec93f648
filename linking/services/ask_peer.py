"""Queries: asked of a peer, and answered for one, in the exchange of one request."""

from django.utils.module_loading import import_string

from linking import gateway
from linking.cards import in_force
from linking.errors import failure
from linking.handlers import QUERIES
from linking.messages import envelope
from linking.messages.envelope import Malformed, Message
from linking.models import Peer
from linking.selectors import peers
from registry import canonical
from registry.errors import DomainError, RuleViolated, Unavailable
from registry.keys import signing
from registry.keys.node import node_name
from registry.models import KeyRecord

from .own_message import own_message

ANSWER = "-answer"
MOST_OF_A_REFUSAL = 65_536


def forms_of_queries() -> dict:
    """The forms of the bodies of all queries, by kind."""
    return {kind: import_string(query.asked) for kind, query in QUERIES.items()}


def ask_peer(peer, kind, body, *, at) -> Message:
    """The peer's answer, whose signature is verified. No transaction should be open meanwhile.

    Raises: RuleViolated (PEER_NOT_PINNED, QUERY_REFUSED, ANSWER_WRONG), Unavailable
    (PEER_DOES_NOT_ANSWER), KeyUnavailable.
    """
    if peer.state != Peer.State.PINNED:
        raise RuleViolated(failure("PEER_NOT_PINNED", peer=peer.name))
    key = signing.usable_key(KeyRecord.Purpose.MESSAGE, at=at)
    asked = own_message(peer, kind, body, at=at)
    try:
        given = gateway.send(peer.url, gateway.QUERIES, _wrapped(asked, key), key=key, at=at)
    except gateway.NoAnswer as error:
        raise Unavailable(
            failure("PEER_DOES_NOT_ANSWER", peer=peer.name, reason=str(error)[:200])
        ) from error
    if given.status != 200:
        raise _refusal(peer, given)
    return _verified(peer, asked, given.body, at)


def answer_query(peer, message: Message, *, at) -> bytes:
    """The envelope of the signed answer.   Raises: DomainError of whoever answers."""
    body = import_string(QUERIES[message.kind].by)(peer, message, at)
    key = signing.usable_key(KeyRecord.Purpose.MESSAGE, at=at)
    return _wrapped(own_message(peer, message.kind + ANSWER, body, about=message.id, at=at), key)


def _wrapped(message, key):
    signature = signing.sign(key, envelope.encode(message))
    return canonical.encode(envelope.wrapped(message, key_id=key.key_id, signature=signature))


def _refusal(peer, given):
    try:
        told = canonical.read_object(given.body, at_most=MOST_OF_A_REFUSAL)
    except (ValueError, RecursionError):
        told = {}
    if 400 <= given.status < 500 and isinstance(told.get("code"), str):
        return RuleViolated(failure("QUERY_REFUSED", peer=peer.name, refusal=told["code"][:80]))
    return Unavailable(
        failure("PEER_DOES_NOT_ANSWER", peer=peer.name, reason=f"HTTP {given.status}")
    )


def _verified(peer, asked, data, at):
    """Raises: RuleViolated (ANSWER_WRONG)."""
    kind = asked.kind + ANSWER
    forms = {kind: import_string(QUERIES[asked.kind].answered)}
    try:
        document = envelope.parse(data, at_most=len(data))
        given = envelope.unwrapped(document, forms)
        key = peers.signing_key(given.key_id)
    except (Malformed, DomainError) as error:
        raise RuleViolated(
            failure("ANSWER_WRONG", peer=peer.name, reason=str(error)[:200])
        ) from error
    message = given.message
    ends = (message.sender, message.receiver, message.about, message.kind)
    holds = (
        key.peer_id == peer.pk
        and in_force(key, at)
        and ends == (peer.name, node_name(), asked.id, kind)
        and peers.verifies(key, envelope.encode(message), given.signature)
    )
    if not holds:
        raise RuleViolated(failure("ANSWER_WRONG", peer=peer.name, reason="signature"))
    return message
