"""The outbox is delivered in order and at least once; a peer that is away is waited for."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import RequestFactory

from linking.models import OutboxMessage, Peer
from linking.selectors import peers
from linking.services.deliver_messages import deliver_messages
from linking.services.keep_peer import repeat_refused, set_state
from linking.services.post_message import post_message, send_again
from tests.linking.peers.nodes import MESSAGES, later, reached
from tests.refused import refused

REFUSED = {"code": "MESSAGE_FOR_ANOTHER", "status": 422, "detail": "no", "errors": []}


@pytest.fixture
def peer(node, pinned):
    return Peer.objects.get()


def post(peer, at, text="Hello"):
    return post_message(peer, "test", {"text": text}, at=at)


def deliver(peer, other, at, *answers):
    """(what was taken, what the other node got)."""
    with reached(other, *answers) as got:
        Peer.objects.filter(pk=peer.pk).update(url=other.url)
        return deliver_messages(peer.pk, clock=lambda: at), got


def texts(got):
    return [json.loads(body)["message"]["body"]["text"] for _path, _headers, body in got]


def test_messages_are_delivered_in_order_and_once(node, pinned, peer):
    """Each in a request that its sender has signed; the message is the one of the outbox."""
    rows = [post(peer, later(node.at, seconds=n), f"{n}") for n in range(3)]
    assert peers.with_due_messages(later(node.at, seconds=5)) == [peer.pk]
    count, got = deliver(peer, pinned, later(node.at, seconds=5))
    assert (count, texts(got)) == (3, ["0", "1", "2"])
    sent_to = pinned.url
    assert deliver(peer, pinned, later(node.at, seconds=6))[0] == 0
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("delivered", 1)}
    path, headers, body = got[0]
    document = json.loads(body)
    assert path == MESSAGES
    assert document["message"] == json.loads(rows[0].text)
    assert (document["message"]["from"], document["message"]["to"]) == (node.name, pinned.name)
    assert verified(path, headers, body, sent_to)


def verified(path, headers, body, url):
    """By the verifier of requests, with this node's own key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

    from registry.models import KeyRecord

    class Own(HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id):
            key = KeyRecord.objects.get(key_id=key_id, purpose="message")
            return Ed25519PublicKey.from_public_bytes(bytes(key.public_key))

        def resolve_private_key(self, key_id):
            raise NotImplementedError

    request = RequestFactory().post(path)
    request.method, request.url, request.headers = "POST", url + path, headers
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Own())
    verifier.max_clock_skew = timedelta(days=1)
    (result,) = verifier.verify(request, max_age=timedelta(days=1))
    verifier.verify_body(request, [result], body)
    return {'"@method"', '"@target-uri"', '"content-digest"'} <= set(result.covered_components)


def test_nothing_is_sent_that_is_not_committed(node, peer):
    """A message goes with the state that it announces, or not at all."""

    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        post(peer, node.at)
        raise Undone
    assert not OutboxMessage.objects.exists()


def test_a_peer_that_is_away_is_waited_for(node, pinned, peer):
    """It is left alone for longer and longer, and all that waits goes out when it is back."""
    post(peer, node.at, "1")
    post(peer, node.at, "2")
    Peer.objects.filter(pk=peer.pk).update(url="http://127.0.0.1:1")
    waits, at = [], node.at
    for _ in range(8):
        assert deliver_messages(peer.pk, clock=lambda at=at: at) == 0
        assert peers.with_due_messages(at) == []
        before, at = at, Peer.objects.get().not_before
        waits.append((at - before).total_seconds())
    assert waits == [1, 2, 5, 10, 20, 30, 30, 30]
    peer.refresh_from_db()
    assert (peer.failures, peer.failing_since) == (8, node.at)
    assert "Refused" in OutboxMessage.objects.exclude(problem="").get().problem
    count, got = deliver(peer, pinned, at)
    assert (count, sorted(texts(got))) == (2, ["1", "2"])
    peer.refresh_from_db()
    assert (peer.failures, peer.failing_since) == (0, None)


@pytest.mark.parametrize("status", [401, 408, 425, 500, 502, 504])
def test_what_may_pass_is_tried_again(node, pinned, peer, status):
    """An error of the peer's, or of the way there, is no refusal; others need not wait for it."""
    post(peer, node.at, "first")
    post(peer, later(node.at, seconds=1), "second")
    at = later(node.at, seconds=2)
    count, got = deliver(peer, pinned, at, (status, {"code": "X"}))
    assert (count, texts(got)) == (1, ["first", "second"])
    first = OutboxMessage.objects.get(state="waiting")
    assert first.problem == f"HTTP {status} X"
    assert deliver(peer, pinned, first.next_attempt_at)[0] == 1


def test_a_busy_peer_is_left_alone(node, pinned, peer):
    """429 and 503 are about all of it: nothing more is sent before the time that it tells."""
    post(peer, node.at, "first")
    post(peer, later(node.at, seconds=1), "second")
    at = later(node.at, seconds=2)
    assert len(deliver(peer, pinned, at, (503, {"code": "PEER_PAUSED"}))[1]) == 1
    assert deliver(peer, pinned, at)[1] == []
    assert deliver(peer, pinned, later(at, seconds=2))[0] == 2


def test_a_refusal_is_kept_and_not_repeated(node, pinned, peer):
    """Only a node's own problem is one; people send the message again when they have mended it."""
    row = post(peer, node.at)
    deliver(peer, pinned, node.at, (422, REFUSED))
    row.refresh_from_db()
    assert (row.state, row.refusal["code"]) == ("refused", "MESSAGE_FOR_ANOTHER")
    assert deliver(peer, pinned, later(node.at, days=1))[1] == []
    tomorrow = later(node.at, days=1)
    again = {"message_id": row.pk, "at": tomorrow}
    assert refused(repeat_refused, actor=node.world.auditor, **again).codes == ["NOT_PERMITTED"]
    repeat_refused(actor=node.keeper_1, **again)
    assert deliver(peer, pinned, later(tomorrow, hours=1))[0] == 1
    assert refused(repeat_refused, actor=node.keeper_1, **again).codes == ["MESSAGE_NOT_REFUSED"]


def test_what_no_node_said_is_no_refusal(node, pinned, peer):
    """A page of a proxy with status 404 ends nothing."""
    row = post(peer, node.at)
    deliver(peer, pinned, node.at, (404, {"detail": "not here"}))
    row.refresh_from_db()
    assert row.state == "waiting"


def test_one_worker_at_a_time(node, pinned, peer):
    """While another has the lease nothing is sent; a dead one's ends by itself."""
    post(peer, node.at)
    Peer.objects.filter(pk=peer.pk).update(leased_until=later(node.at, seconds=45))
    assert peers.with_due_messages(node.at) == []
    assert deliver(peer, pinned, node.at)[1] == []
    assert deliver(peer, pinned, later(node.at, seconds=46))[0] == 1


def test_nothing_is_sent_to_a_paused_peer(node, pinned, peer):
    """What is said meanwhile waits, and goes out when the exchange goes on."""
    set_state(actor=node.keeper_1, name=peer.name, state="paused", at=node.at)
    peer.refresh_from_db()
    post(peer, node.at)
    assert deliver(peer, pinned, node.at)[1] == []
    set_state(actor=node.keeper_2, name=peer.name, state="pinned", at=node.at)
    assert deliver(peer, pinned, node.at)[0] == 1


def test_nothing_is_said_to_who_is_not_pinned(node, pinned, peer):
    """Before it is confirmed, and after the link has ended."""
    set_state(actor=node.keeper_1, name=peer.name, state="ended", at=node.at)
    peer.refresh_from_db()
    assert refused(post, peer, node.at).codes == ["PEER_NOT_PINNED"]


def test_who_speaks_is_there(node, pinned, peer, client):
    """A message from a peer that was away ends the wait for it."""
    post(peer, node.at)
    Peer.objects.filter(pk=peer.pk).update(url="http://127.0.0.1:1")
    deliver_messages(peer.pk, clock=lambda: node.at)
    assert peers.with_due_messages(node.at) == []
    assert (
        pinned.tell(client, "test", {"text": "Back"}, to=node.name, at=node.at).status_code == 200
    )
    assert peers.with_due_messages(later(node.at, seconds=5)) == [peer.pk]


def test_a_message_can_be_sent_again_as_it_is(node, pinned, peer):
    """Under its id and with its bytes, also when it was taken before."""
    row = post(peer, node.at)
    first = deliver(peer, pinned, node.at)[1]
    send_again(row, at=node.at)
    again = deliver(peer, pinned, node.at)[1]
    assert [body for _path, _headers, body in again] == [body for _path, _headers, body in first]
