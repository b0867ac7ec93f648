"""Introduce another node by its address, and pin it once people or an agreement confirm it."""

from django.db import transaction

from linking import cards, gateway
from linking.cards import Card, CardMalformed, in_force
from linking.errors import failure
from linking.messages.envelope import PROTOCOLS
from linking.models import AgreementParty, Peer
from linking.selectors import peers
from registry import canonical, permissions, turns
from registry.errors import Conflict, InvalidInput, NotPermitted, RuleViolated, Unavailable
from registry.keys import jwk
from registry.keys.algorithms import ED25519
from registry.keys.node import node_name

from .keep_card import keep_card

TURN = "linking_peers"
MOST_OF_A_CARD = 1_048_576


def introduce_peer(*, actor, url, at) -> Peer:
    """Fetches the card of the node at an address, and keeps it.

    Where one of its registries has signed the card with the key that an agreement in force pins,
    the peer is pinned at once; else another system administrator compares the fingerprint. The
    card of one that was introduced before and is not pinned yet is replaced.

    Raises: NotPermitted, InvalidInput (PEER_ADDRESS_REFUSED), Unavailable (PEER_DOES_NOT_ANSWER),
    RuleViolated (CARD_REFUSED, PROTOCOL_NOT_COMMON), Conflict (PEER_EXISTS, KEY_OF_ANOTHER_PEER,
    REGISTRY_OF_ANOTHER_PEER).
    """
    permissions.require_role(actor, peers.KEEPERS, None)
    try:
        url = gateway.require_address(url)
    except gateway.NoAnswer as error:
        raise InvalidInput(
            failure("PEER_ADDRESS_REFUSED", pointer="/url", reason=str(error)[:200])
        ) from error
    card = fetch_card(url)
    with transaction.atomic():
        turns.take(TURN)
        return _kept(actor, url, card, at)


@transaction.atomic
def confirm_peer(*, actor, name, fingerprint, at) -> Peer:
    """Pins a peer whose fingerprint has been compared; who introduced it does not confirm it.

    Raises: NotPermitted (PEER_INTRODUCED_BY_YOU), NotFound (UNKNOWN_PEER), Conflict (PEER_STATE,
    FINGERPRINT_DIFFERS, KEY_OF_ANOTHER_PEER, REGISTRY_OF_ANOTHER_PEER).
    """
    permissions.require_role(actor, peers.KEEPERS, None)
    turns.take(TURN)
    peer = peers.by_name(name)
    if peer.state != Peer.State.INTRODUCED:
        raise Conflict(failure("PEER_STATE", peer=name, state=peer.state))
    if peer.introduced_by_id == actor.person_id:
        raise NotPermitted(failure("PEER_INTRODUCED_BY_YOU"))
    card = peers.card_of(peer)
    if "".join(fingerprint.split()).lower() != card.fingerprint(at):
        raise Conflict(failure("FINGERPRINT_DIFFERS"))
    peer.pinned_by_id = actor.person_id
    return _pinned(peer, card, Peer.Confirmation.PERSON, at)


def fetch_card(url) -> Card:
    """The card of the node at an address.

    Raises: Unavailable (PEER_DOES_NOT_ANSWER), RuleViolated (CARD_REFUSED).
    """
    try:
        given = gateway.fetch(url, gateway.CARD)
    except gateway.NoAnswer as error:
        reason = str(error)[:200]
        raise Unavailable(failure("PEER_DOES_NOT_ANSWER", peer=url, reason=reason)) from error
    if given.status != 200:
        reason = f"HTTP {given.status}"
        raise Unavailable(failure("PEER_DOES_NOT_ANSWER", peer=url, reason=reason))
    try:
        return cards.read(canonical.read_object(given.body, at_most=MOST_OF_A_CARD))
    except (CardMalformed, ValueError, RecursionError) as error:
        raise RuleViolated(failure("CARD_REFUSED", reason=str(error)[:200])) from error


def highest_common(card) -> int:
    """The version of the protocol that both speak.   Raises: RuleViolated (PROTOCOL_NOT_COMMON)."""
    common = set(card.protocols) & set(PROTOCOLS)
    if not common:
        raise RuleViolated(failure("PROTOCOL_NOT_COMMON", spoken=str(list(card.protocols))[:80]))
    return max(common)


def require_signed(card, at) -> None:
    """The node's own key has signed its card.   Raises: RuleViolated (CARD_REFUSED)."""
    own = {key.key_id for key in card.keys.values()
           if key.purpose == "message" and in_force(key, at)}  # fmt: skip
    if not own & card.signers:
        raise RuleViolated(failure("CARD_REFUSED", reason="no key for messages has signed it"))


def _kept(actor, url, card, at):
    require_signed(card, at)
    if card.node == node_name():
        raise RuleViolated(failure("CARD_REFUSED", reason="it is this node's own"))
    told = {
        "url": url,
        "card": card.text,
        "protocol": highest_common(card),
    }
    found = Peer.objects.filter(name=card.node).first()
    if found is None:
        found = Peer.objects.create(
            name=card.node,
            introduced_by_id=actor.person_id,
            introduced_at=at,
            not_before=at,
            leased_until=at,
            **told,
        )
    elif found.state != Peer.State.INTRODUCED:
        raise Conflict(failure("PEER_EXISTS", peer=card.node))
    else:
        Peer.objects.filter(pk=found.pk).update(**told)
        found.refresh_from_db()
    if _agreed(card):
        return _pinned(found, card, Peer.Confirmation.AGREEMENT, at)
    return found


def _agreed(card):
    """Whether a party of an agreement in force has signed the card by the key that it pins."""
    parties = AgreementParty.objects.filter(
        registry__code__in=card.registries,
        registry__hosted=False,
        agreement__versions__status="in_force",
        public_key__isnull=False,
    )
    pinned = {jwk.thumbprint(ED25519, bytes(party.public_key)) for party in parties}
    return bool(pinned & card.signers)


def _pinned(peer, card, confirmation, at):
    peer.state, peer.confirmation, peer.pinned_at = Peer.State.PINNED, confirmation, at
    peer.save(update_fields=["state", "confirmation", "pinned_by", "pinned_at"])
    keep_card(peer, card, at=at)
    return peer
