"""Other nodes by REST: introduced by one key, confirmed by another, paused, resumed and ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import OutboxMessage
from registry import canonical
from registry.services.api_keys import issue_key
from tests.api.conftest import ApiClient
from tests.linking.peers.nodes import NAME, reached

PEER = f"peers/{NAME}"


@pytest.fixture
def keepers(node, description):
    """The two system administrators, each by a key of their own."""
    keys = [
        issue_key(actor=node.world.system, person_id=each.person_id, label="k", at=timezone.now())
        for each in (node.keeper_1, node.keeper_2)
    ]
    return [ApiClient(description, key.text) for key in keys]


def codes(answer):
    return [error["code"] for error in answer.json()["errors"]]


def introduced(client, other):
    with reached(other):
        return client.post("peers", {"url": other.url})


def test_one_introduces_and_another_confirms(keepers, other):
    """The fingerprint that is compared is the card's; whoever introduced does not confirm."""
    one, two = keepers
    made = introduced(one, other)
    assert (made.status_code, made.json()["state"]) == (201, "introduced")
    told = {"fingerprint": made.json()["fingerprint"]}
    own = one.post(f"{PEER}/confirmation", told)
    assert (own.status_code, codes(own)) == (403, ["PEER_INTRODUCED_BY_YOU"])
    wrong = two.post(f"{PEER}/confirmation", {"fingerprint": "0" * 64})
    assert (wrong.status_code, codes(wrong)) == (409, ["FINGERPRINT_DIFFERS"])
    pinned = two.post(f"{PEER}/confirmation", told)
    assert (pinned.status_code, pinned.json()["state"]) == (201, "pinned")
    (listed,) = one.get("peers").json()["items"]
    assert (listed["name"], listed["registries"]) == (NAME, ["JP-GX"])
    purposes = {key["purpose"] for key in one.get(PEER).json()["keys"]}
    assert purposes == {"message", "issuance"}


def test_the_exchange_is_paused_resumed_and_ended(keepers, other):
    """What is said to a paused peer waits; one that has ended does not come back."""
    one, two = keepers
    told = {"fingerprint": introduced(one, other).json()["fingerprint"]}
    two.post(f"{PEER}/confirmation", told)
    assert one.post(f"{PEER}/pause", {}).json()["state"] == "paused"
    sent = one.post(f"{PEER}/test", {"text": "Do you hear?"})
    assert (sent.status_code, sent.json()["state"]) == (201, "waiting")
    assert sent.json()["message"]["body"] == {"text": "Do you hear?"}
    assert int(one.get(PEER).json()["waiting"]) >= 1
    assert one.post(f"{PEER}/resumption", {}).json()["state"] == "pinned"
    assert one.post(f"{PEER}/end", {}).json()["state"] == "ended"
    assert codes(one.post(f"{PEER}/resumption", {})) == ["PEER_STATE"]
    assert OutboxMessage.objects.filter(kind="test").count() == 1


def test_a_node_tells_its_own_fingerprint(keepers, node):
    """What people of another node compare, and the card that it is of."""
    told = keepers[0].get("node").json()
    assert told["name"] == node.name == told["card"]["card"]["node"]
    assert len(told["fingerprint"]) == 64


def test_peers_are_kept_by_system_administrators(node, other, keepers, client):
    """Who has no role learns nothing, and an unknown name is told so."""
    assert client.get("/api/v1/peers").status_code == 401
    unknown = keepers[0].get("peers/nobody.example")
    assert (unknown.status_code, codes(unknown)) == (404, ["UNKNOWN_PEER"])
    assert codes(keepers[0].post("peers", {"url": "ftp://x"})) == ["PEER_ADDRESS_REFUSED"]


def test_notices_are_given_and_listed(keepers, node, pinned, client):
    """To all linked nodes where none is named; the same is said once. What came is listed, page by
    page and by filters."""
    one, _two = keepers
    notice = {"kind": "maintenance", "begins_at": "2026-11-24T00:00:00Z", "text": "New disks"}
    sent = [one.post("peer-notices", notice) for _twice in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201]
    (message,) = sent[0].json()["items"]
    assert message["message"]["body"]["text"] == "New disks"
    assert sent[1].json()["items"][0]["id"] == message["id"]
    assert codes(one.post("peer-notices", {**notice, "peers": []})) == ["NOBODY_TO_TELL"]
    assert codes(one.post("peer-notices", {**notice, "peers": ["x"]})) == ["UNKNOWN_PEER"]
    wrong = one.post("peer-notices", {**notice, "ends_at": "2026-11-23T00:00:00Z"})
    assert codes(wrong) == ["NOTICE_ENDS_BEFORE_IT_BEGINS"]
    for days in (-9, -1, 1):
        begins = canonical.instant(node.at + timedelta(days=days))
        told = {"kind": "incident", "from": begins, "to": None, "text": f"{days}"}
        at = node.at + timedelta(seconds=days)
        assert pinned.tell(client, "notice", told, to=node.name, at=at).status_code == 200
    first = one.get("peer-notices", {"limit": "2"}).json()
    items = first["items"] + one.get(first["next"]).json()["items"]
    assert [item["text"] for item in items] == ["1", "-1", "-9"]
    assert items[0]["peer"] == NAME and items[0]["ends_at"] is None
    current = one.get("peer-notices", {"current": "true", "kind": "incident", "peer": NAME})
    assert [item["text"] for item in current.json()["items"]] == ["1", "-1"]
    assert one.get("peer-notices", {"kind": "maintenance"}).json()["items"] == []
