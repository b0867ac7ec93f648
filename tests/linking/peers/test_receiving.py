"""What a peer says is kept and applied once; what does not hold is refused and changes nothing."""

import json
import uuid

import pytest
from django.test import Client

from linking.models import InboxMessage, Peer
from linking.services.keep_peer import set_state
from tests.linking.peers.nodes import MESSAGES, OtherNode, later, signer

TEXT = {"text": "Is anybody there?"}


@pytest.fixture
def wire():
    return Client(raise_request_exception=False)


def code_of(answer):
    assert answer["Content-Type"] == "application/problem+json", answer.content
    assert json.loads(answer.content)["status"] == answer.status_code
    return answer.status_code, json.loads(answer.content)["code"]


def test_a_message_is_applied_once(node, pinned, wire):
    """The same bytes again are known, whoever repeats them and however late."""
    message = pinned.message("test", TEXT, to=node.name, at=node.at)
    body = pinned.wrapped(message)
    for outcome in ("applied", "known", "known"):
        answer = pinned.send(wire, body, at=node.at)
        assert (answer.status_code, answer.json()) == (200, {"outcome": outcome})
    row = InboxMessage.objects.get()
    assert (row.pk, row.kind, json.loads(row.text)["body"]) == (message.id, "test", TEXT)
    other_words = pinned.message("test", {"text": "?"}, to=node.name, at=node.at, id=message.id)
    answer = pinned.send(wire, pinned.wrapped(other_words), at=node.at)
    assert code_of(answer) == (409, "MESSAGE_ID_REUSED")


def changed(data, **changes):
    document = json.loads(data)
    document["message"] |= changes
    return json.dumps(document).encode()


def unsigned(node, other, wire):
    body = other.wrapped(other.message("test", TEXT, to=node.name, at=node.at))
    return wire.generic("POST", MESSAGES, body, "application/json")


def by_nobody(node, other, wire):
    stranger = OtherNode(other.begun)
    return stranger.tell(wire, "test", TEXT, to=node.name, at=node.at)


def by_another_key(node, other, wire):
    wrong = signer()
    wrong.key_id = other.key.key_id
    body = other.wrapped(other.message("test", TEXT, to=node.name, at=node.at))
    return other.send(wire, body, at=node.at, key=wrong)


def late(node, other, wire):
    body = other.wrapped(other.message("test", TEXT, to=node.name, at=node.at))
    return other.send(wire, body, at=later(node.at, minutes=-6))


def nonce_again(node, other, wire):
    for _ in range(2):
        message = other.message("test", TEXT, to=node.name, at=node.at)
        answer = other.send(wire, other.wrapped(message), at=node.at, nonce="one")
    InboxMessage.objects.exclude(pk=message.id)
    return answer


def without_a_nonce(node, other, wire):
    body = other.wrapped(other.message("test", TEXT, to=node.name, at=node.at))
    return other.send(wire, body, at=node.at, nonce=None)


def other_bytes(node, other, wire):
    body = other.wrapped(other.message("test", TEXT, to=node.name, at=node.at))
    left_out = ("idempotency-key",)
    headers = other.key.headers(
        "POST", MESSAGES, body, key="x", created=node.at, leave_out=left_out
    )
    return wire.generic("POST", MESSAGES, body + b" ", "application/json", headers=headers)


def oversized(node, other, wire):
    return other.send(wire, b'{"a":"' + b"x" * 3000 + b'"}', at=node.at)


def no_json(node, other, wire):
    return other.send(wire, b"{", at=node.at)


def malformed(node, other, wire):
    return other.tell(wire, "test", {"words": ""}, to=node.name, at=node.at)


def unknown_kind(node, other, wire):
    return other.tell(wire, "gossip", {}, to=node.name, at=node.at)


def another_version(node, other, wire):
    body = other.wrapped(other.message("test", TEXT, to=node.name, at=node.at))
    return other.send(wire, changed(body, protocol=7, more=1), at=node.at)


def for_another(node, other, wire):
    return other.tell(wire, "test", TEXT, to="third.example", at=node.at)


def of_another(node, other, wire):
    return other.tell(wire, "test", TEXT, to=node.name, at=node.at, sender="third.example")


def said_otherwise(node, other, wire):
    body = other.wrapped(other.message("test", TEXT, to=node.name, at=node.at))
    return other.send(wire, changed(body, body={"text": "No."}), at=node.at)


def said_by_nobody(node, other, wire):
    message = other.message("test", TEXT, to=node.name, at=node.at)
    return other.send(wire, other.wrapped(message, key=signer()), at=node.at)


def said_before_the_key(node, other, wire):
    """Its key is revoked, so nothing of now is signed by it."""
    from linking.models import PeerKey

    PeerKey.objects.filter(key_id=other.key.key_id).update(revoked_at=later(node.at, hours=-1))
    return other.tell(wire, "test", TEXT, to=node.name, at=node.at)


def after_its_end(node, other, wire):
    from linking.models import PeerKey

    PeerKey.objects.filter(key_id=other.key.key_id).update(valid_to=later(node.at, minutes=-6))
    return other.tell(wire, "test", TEXT, to=node.name, at=node.at)


def while_paused(node, other, wire):
    set_state(actor=node.keeper_1, name=other.name, state="paused", at=node.at)
    answer = other.tell(wire, "test", TEXT, to=node.name, at=node.at)
    assert answer["Retry-After"] == "60"
    return answer


def after_the_end(node, other, wire):
    set_state(actor=node.keeper_1, name=other.name, state="ended", at=node.at)
    return other.tell(wire, "test", TEXT, to=node.name, at=node.at)


BAD = [
    (unsigned, 401, "SIGNATURE_MISSING"),
    (by_nobody, 401, "PEER_UNKNOWN"),
    (by_another_key, 401, "SIGNATURE_INVALID"),
    (late, 401, "SIGNATURE_TIME"),
    (without_a_nonce, 401, "SIGNATURE_INCOMPLETE"),
    (other_bytes, 401, "BODY_CHANGED"),
    (oversized, 413, "BODY_TOO_LARGE"),
    (no_json, 400, "NOT_CANONICAL_JSON"),
    (malformed, 400, "FIELD_MISSING"),
    (unknown_kind, 400, "KIND_NOT_KNOWN"),
    (another_version, 400, "PROTOCOL_NOT_SPOKEN"),
    (for_another, 422, "MESSAGE_FOR_ANOTHER"),
    (of_another, 403, "MESSAGE_OF_ANOTHER"),
    (said_otherwise, 403, "MESSAGE_SIGNATURE_INVALID"),
    (said_by_nobody, 401, "PEER_UNKNOWN"),
    (said_before_the_key, 401, "PEER_KEY_REVOKED"),
    (after_its_end, 401, "PEER_KEY_NOT_IN_FORCE"),
    (while_paused, 503, "PEER_PAUSED"),
    (after_the_end, 403, "PEER_NOT_PINNED"),
]


@pytest.mark.parametrize(("send", "status", "code"), BAD, ids=[each[0].__name__ for each in BAD])
def test_bad_input_is_refused(
    node, pinned, wire, settings, monkeypatch, caplog, send, status, code
):
    """Each with its code and status; it is in the node's log, and nothing is kept."""
    monkeypatch.setitem(settings.CONCORD["PEER_LIMITS"], "bytes", 2500)
    assert code_of(send(node, pinned, wire)) == (status, code)
    assert not InboxMessage.objects.exists()
    assert f"{MESSAGES} from 127.0.0.1: {code}" in caplog.text


def test_a_nonce_is_used_once(node, pinned, wire):
    """A request that is played again is refused, even with another message."""
    assert code_of(nonce_again(node, pinned, wire)) == (401, "SIGNATURE_REPLAYED")
    assert InboxMessage.objects.count() == 1


def test_a_node_that_is_not_confirmed_says_nothing(node, other, wire):
    """Its keys are not known before."""
    from linking.services.introduce_peer import introduce_peer
    from tests.linking.peers.nodes import reached

    with reached(other):
        introduce_peer(actor=node.keeper_1, url=other.url, at=node.at)
    answer = other.tell(wire, "test", TEXT, to=node.name, at=node.at)
    assert code_of(answer) == (401, "PEER_UNKNOWN")


def test_a_flood_harms_nobody_else(node, pinned, wire, settings, monkeypatch):
    """One peer has its requests of a minute used up, another is heard."""
    from tests.linking.peers.conftest import pin

    second = OtherNode(pinned.begun, name="second.example", registries=())
    second.card = lambda: OtherNode.card(second, by=[second.key])
    pin(node, second)
    monkeypatch.setitem(settings.CONCORD["PEER_LIMITS"], "messages", 3)
    answers = [pinned.tell(wire, "test", TEXT, to=node.name, at=node.at) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert code_of(answers[-1]) == (429, "PEER_FLOODS")
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert second.tell(wire, "test", TEXT, to=node.name, at=node.at).status_code == 200


def test_what_was_signed_in_time_holds_for_ever(node, pinned, wire):
    """A message of a month ago, by a key that has ended since, comes in a request of today."""
    from linking.models import PeerKey

    old = signer()
    now = node.at
    PeerKey.objects.create(
        peer=Peer.objects.get(),
        purpose="message",
        key_id=old.key_id,
        algorithm="Ed25519",
        public_key=old.public,
        valid_from=later(now, days=-60),
        valid_to=later(now, days=-20),
    )
    said = pinned.message("test", TEXT, to=node.name, at=later(now, days=-30))
    assert pinned.send(wire, pinned.wrapped(said, key=old), at=now).status_code == 200
    after = pinned.message("test", TEXT, to=node.name, at=later(now, days=-10))
    answer = pinned.send(wire, pinned.wrapped(after, key=old), at=now)
    assert code_of(answer) == (403, "MESSAGE_SIGNATURE_INVALID")


def test_the_card_is_published(node, wire):
    """Whoever introduces this node reads its card without a key; its own keys have signed it."""
    from linking import cards

    card = cards.read(json.loads(wire.get("/protocol/v1/card").content))
    assert card.node == node.name
    assert card.registries == ("CN-ETR", "KR-ETRS", "KR-ORS")
    purposes = {card.keys[each].purpose for each in card.signers}
    assert purposes == {"message", "issuance"}


def test_ids_are_of_one_peer(node, pinned, wire):
    """Another peer can not use up the id of a message, nor pass it off as known."""
    from tests.linking.peers.conftest import pin

    second = OtherNode(pinned.begun, name="second.example", registries=())
    second.card = lambda: OtherNode.card(second, by=[second.key])
    pin(node, second)
    number = uuid.uuid4()
    assert pinned.tell(wire, "test", TEXT, to=node.name, at=node.at, id=number).status_code == 200
    answer = second.tell(wire, "test", TEXT, to=node.name, at=node.at, id=number)
    assert code_of(answer) == (409, "MESSAGE_ID_REUSED")
