"""Keep a link to a peer: its new card, its pause and its end, words to it, what it refused."""

import json

from django.db import transaction

from linking import cards
from linking.cards import CardMalformed, in_force
from linking.errors import failure
from linking.models import OutboxMessage, Peer, PeerKey
from linking.selectors import peers
from registry import permissions, turns
from registry.errors import Conflict, NotFound, RuleViolated

from .introduce_peer import TURN, highest_common, require_signed
from .keep_card import keep_card
from .make_card import make_card, said_of_oneself
from .post_message import kick, post_message, send_again

FOLLOWS = {
    Peer.State.PAUSED: {Peer.State.PINNED},
    Peer.State.PINNED: {Peer.State.PAUSED},
    Peer.State.ENDED: {Peer.State.INTRODUCED, Peer.State.PINNED, Peer.State.PAUSED},
}


def card_received(peer, row, message, at) -> None:
    """A peer's new card: keys rotated or revoked, another address, other versions or registries.

    The message is signed by a key that is pinned, or the card is by a pinned key of a registry of
    the peer's: `may_tell` has seen to that before.

    Raises: RuleViolated (CARD_REFUSED, PROTOCOL_NOT_COMMON), Conflict (KEY_OF_ANOTHER_PEER,
    REGISTRY_OF_ANOTHER_PEER).
    """
    turns.take(TURN)
    card = read_card(message.body)
    if card.node != peer.name:
        raise RuleViolated(failure("CARD_REFUSED", reason="it is of another node"))
    require_signed(card, at)
    if json.loads(card.text)["card"]["made_at"] < _made_at(peer):
        # An older one came later: what it says is known.
        return
    Peer.objects.filter(pk=peer.pk).update(url=_address(card), protocol=highest_common(card))
    keep_card(peer, card, at=at)


def read_card(document) -> cards.Card:
    """Raises: RuleViolated (CARD_REFUSED)."""
    try:
        return cards.read(document)
    except CardMalformed as error:
        raise RuleViolated(failure("CARD_REFUSED", reason=str(error)[:200])) from error


def key_of_card(document, key_id, at):
    """(peer, key) by which a card may prove itself whose new key is not known yet: a pinned key of
    the peer's registries has signed the card, and the card names the key. None where it does not.

    A node that has lost its key for messages can tell of a new one by no other way. `document` is
    the message as it came, whatever that is.
    """
    if not isinstance(document, dict) or document.get("kind") != "card":
        return None
    try:
        card = cards.read(document.get("body"))
    except CardMalformed:
        return None
    peer = Peer.objects.filter(name=card.node, state__in=("pinned", "paused")).first()
    key = card.keys.get(key_id)
    if peer is None or key is None or key.purpose != "message" or not in_force(key, at):
        return None
    rows = PeerKey.objects.filter(peer=peer, purpose="issuance", key_id__in=card.signers)
    return (peer, key) if any(in_force(row, at) for row in rows) else None


def nothing_to_do(peer, row, message, at) -> None:
    """What is to be read by people only: its row in the inbox is all."""


def set_state(*, actor, name, state, at) -> Peer:
    """Pauses, resumes or ends the exchange with a peer; what waits for a paused one waits on.

    Raises: NotPermitted, NotFound (UNKNOWN_PEER), Conflict (PEER_STATE).
    """
    permissions.require_role(actor, peers.KEEPERS, None)
    peer = peers.by_name(name)
    allowed = FOLLOWS[state]
    rows = Peer.objects.filter(pk=peer.pk, state__in=allowed)
    if state == Peer.State.PINNED:
        rows = rows.exclude(confirmation="")
    if not rows.update(state=state, not_before=at):
        raise Conflict(failure("PEER_STATE", peer=name, state=peer.state))
    peer.refresh_from_db()
    if state == Peer.State.PINNED:
        kick(peer.pk)
    return peer


def say(*, actor, name, kind, body, at) -> OutboxMessage:
    """A `test` or a `notice` to a peer.   Raises: NotPermitted, NotFound, RuleViolated."""
    permissions.require_role(actor, peers.KEEPERS, None)
    return post_message(peers.by_name(name), kind, body, at=at)


@transaction.atomic
def repeat_refused(*, actor, message_id, at) -> OutboxMessage:
    """Tries once more what a peer has refused, after people have mended why.

    Raises: NotPermitted, NotFound (UNKNOWN_MESSAGE), Conflict (MESSAGE_NOT_REFUSED).
    """
    permissions.require_role(actor, peers.KEEPERS, None)
    row = OutboxMessage.objects.filter(pk=message_id).first()
    if row is None:
        raise NotFound(failure("UNKNOWN_MESSAGE"))
    if row.state != OutboxMessage.State.REFUSED:
        raise Conflict(failure("MESSAGE_NOT_REFUSED", state=row.state))
    send_again(row, at=at)
    row.refresh_from_db()
    return row


def announce(*, at) -> list[OutboxMessage]:
    """Sends the node's card to each pinned peer that has not been sent it as it is now.

    A card that tells of a new key goes out signed by the old one, while that is in force.

    Raises: KeyUnavailable.
    """
    said, sent, document = said_of_oneself(), [], None
    for peer in Peer.objects.filter(state__in=("pinned", "paused")).order_by("pk"):
        last = peer.outbox.filter(kind="card").order_by("-created_at").first()
        if last is None or not _says(last, said):
            document = document or make_card(at=at)
            sent.append(post_message(peer, "card", document, at=at))
    return sent


def _says(row, said):
    told = dict(json.loads(row.text)["body"]["card"])
    told.pop("made_at")
    return told == said


def _made_at(peer):
    return json.loads(peer.card)["card"]["made_at"]


def _address(card):
    return card.url.rstrip("/")
