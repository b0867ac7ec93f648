"""Keys, addresses and versions change while the link goes on."""

import json

import pytest
from django.test import Client

from linking.models import OutboxMessage, Peer, PeerKey
from linking.services.deliver_messages import deliver_messages
from linking.services.keep_peer import announce
from registry import canonical
from registry.models import KeyRecord
from registry.services.signing_keys import revoke_key, rotate_key
from tests.linking.peers.nodes import later, reached, signer

TEXT = {"text": "Hello"}


@pytest.fixture
def wire():
    return Client(raise_request_exception=False)


def told(node, other, wire, card, key=None):
    """The answer to a card that is signed, with its request, by a key."""
    key = key or other.key
    message = other.message("card", card, to=node.name, at=node.at)
    return other.send(wire, other.wrapped(message, key), at=node.at, key=key)


def said(node, other, wire, key=None):
    key = key or other.key
    message = other.message("test", TEXT, to=node.name, at=node.at)
    return other.send(wire, other.wrapped(message, key), at=node.at, key=key)


def test_a_rotated_key_takes_over_without_a_gap(node, pinned, wire):
    """Told by the old key; for a while both are heard, then the new one alone."""
    new = signer()
    ends = later(node.at, minutes=-4)
    keys = [
        pinned.jwk(pinned.key, "message", valid_to=ends),
        pinned.jwk(new, "message", valid_from=ends),
        pinned.jwk(pinned.registry_key, "issuance", "JP-GX"),
    ]
    card = pinned.card(keys=keys, by=[pinned.key, new, pinned.registry_key])
    assert said(node, pinned, wire, new).status_code == 401
    assert told(node, pinned, wire, card).status_code == 200
    assert said(node, pinned, wire).status_code == 200
    assert said(node, pinned, wire, new).status_code == 200
    assert PeerKey.objects.get(key_id=pinned.key.key_id).valid_to == ends


def revoked(node, other, new, **changes):
    keys = [
        other.jwk(other.key, "message", revoked_at=later(node.at, hours=-1)),
        other.jwk(new, "message"),
        other.jwk(other.registry_key, "issuance", "JP-GX"),
    ]
    return other.card(keys=keys, **{"by": [new, other.registry_key], **changes})


def test_a_lost_key_is_replaced_by_the_registries(node, pinned, wire):
    """The new key is not known yet: the registry's key, which is pinned, vouches for it."""
    new = signer()
    assert told(node, pinned, wire, revoked(node, pinned, new), new).status_code == 200
    assert said(node, pinned, wire, new).status_code == 200
    answer = said(node, pinned, wire)
    assert (answer.status_code, answer.json()["code"]) == (401, "PEER_KEY_REVOKED")


def test_nobody_vouches_for_themselves(node, pinned, wire):
    """A new key alone, or with a registry's key that is not pinned, is a stranger's."""
    new = signer()
    alone = revoked(node, pinned, new, by=[new])
    assert told(node, pinned, wire, alone, new).json()["code"] == "PEER_UNKNOWN"
    pinned.registry_key = signer()
    assert told(node, pinned, wire, revoked(node, pinned, new), new).status_code == 401
    assert PeerKey.objects.filter(revoked_at=None).count() == 2


def test_an_older_card_changes_nothing(node, pinned, wire):
    """Cards may come in another order than they were made in."""
    newer = pinned.card(url="https://moved.example", made_at=canonical.instant(node.at))
    assert told(node, pinned, wire, newer).status_code == 200
    older = pinned.card(url="https://old.example")
    assert told(node, pinned, wire, older).status_code == 200
    assert Peer.objects.get().url == "https://moved.example"


def test_a_card_of_another_node_is_refused(node, pinned, wire):
    """Nor one that speaks no version in common."""
    stranger = type(pinned)(pinned.begun, name="third.example")
    assert told(node, pinned, wire, stranger.card()).json()["code"] == "CARD_REFUSED"
    future = pinned.card(protocols=[8])
    assert told(node, pinned, wire, future).json()["code"] == "PROTOCOL_NOT_COMMON"
    both = pinned.card(protocols=[1, 2])
    assert told(node, pinned, wire, both).status_code == 200


def waiting_card():
    return OutboxMessage.objects.get(kind="card", state="waiting")


def test_this_node_tells_of_its_new_key_by_the_old_one(node, pinned):
    """Once for each change, and before anything that the new key signs."""
    old = KeyRecord.objects.get(purpose="message")
    announce(at=node.at)
    with reached(pinned):
        peer = Peer.objects.get()
        Peer.objects.update(url=pinned.url)
        assert deliver_messages(peer.pk, clock=lambda: node.at) == 1
    assert announce(at=node.at) == []
    rotate_key(actor=node.world.system, purpose="message", at=node.at)
    announce(at=later(node.at, seconds=10))
    row = waiting_card()
    assert row.key_id == old.key_id
    assert len(json.loads(row.text)["body"]["card"]["keys"]) == KeyRecord.objects.count()
    with reached(pinned) as got:
        Peer.objects.update(url=pinned.url)
        at = later(node.at, minutes=10)
        assert deliver_messages(peer.pk, clock=lambda: at) == 1
    assert f'keyid="{old.key_id}"' in got[0][1]["Signature-Input"]


def test_a_lost_key_of_this_node_is_told_by_the_new_one(node, pinned):
    """It signs nothing any more; the registries' keys sign the card."""
    old = KeyRecord.objects.get(purpose="message")
    from registry.services.signing_keys import create_key

    revoke_key(actor=node.world.system, key_id=old.key_id, reason="lost", at=node.at)
    new = create_key(actor=node.world.system, purpose="message", at=node.at)
    announce(at=later(node.at, seconds=1))
    row = waiting_card()
    assert row.key_id == new.key_id
    signers = {each["key_id"] for each in json.loads(row.text)["body"]["signatures"]}
    registries = KeyRecord.objects.filter(purpose="issuance").values_list("key_id", flat=True)
    assert signers == {new.key_id, *registries}
