"""The pages of other nodes: introduced, confirmed, paused and asked by system administrators."""

from datetime import timedelta

import pytest
from django.urls import reverse

from linking import cards
from linking.models import InboxMessage, OutboxMessage, Peer, PeerNotice
from linking.selectors import peers
from linking.services.make_card import make_card
from linking.services.post_message import post_message
from registry import canonical
from registry.models import Person
from tests.linking.peers.conftest import fingerprint
from tests.linking.peers.nodes import reached
from tests.signing_in import sign_in


@pytest.fixture
def pages(node, client):
    """A client in which one of the persons is signed in."""

    def signed_in(username):
        person = Person.objects.get(username=username)
        person.is_staff = True
        person.save(update_fields=["is_staff"])
        return sign_in(client, person)

    return signed_in


def act(peer, name):
    return reverse("admin:linking_peer_act", args=[peer.pk, name])


def page_of(peer):
    return reverse("admin:linking_peer_change", args=[peer.pk])


def test_two_persons_pin_a_node_on_its_pages(node, other, pages):
    """One gives the address, another types the fingerprint that the page shows."""
    with reached(other):
        answer = pages("keeper_1").post(reverse("admin:linking_peer_introduce"), {"url": other.url})
    peer = Peer.objects.get()
    assert answer["Location"] == page_of(peer)
    digits = fingerprint(peer, node.at)
    given = {"fingerprint": digits}
    assert (
        "Who introduces a node"
        in pages("keeper_1").post(act(peer, "confirm"), given).content.decode()
    )
    pages("keeper_2").post(act(peer, "confirm"), given)
    peer.refresh_from_db()
    assert (peer.state, peer.pinned_by.username) == ("pinned", "keeper_2")
    shown = pages("keeper_2").get(page_of(peer)).content.decode()
    assert digits[:4] + " " + digits[4:8] in shown
    assert other.key.key_id in shown


def test_the_exchange_is_paused_and_resumed(node, pinned, pages):
    """And a test message is sent, which waits in the list of messages."""
    peer = Peer.objects.get()
    keeper = pages("keeper_1")
    for name, state in (("pause", "paused"), ("resume", "pinned")):
        assert keeper.get(act(peer, name)).status_code == 200
        keeper.post(act(peer, name))
        peer.refresh_from_db()
        assert peer.state == state
    keeper.post(act(peer, "test"), {"text": "Hello"})
    assert OutboxMessage.objects.get().kind == "test"
    listed = keeper.get(reverse("admin:linking_outboxmessage_changelist")).content.decode()
    assert pinned.name in listed


def test_a_refused_message_is_told_and_sent_again(node, pinned, pages):
    """The home page tells of it; its own page has the button."""
    row = post_message(Peer.objects.get(), "test", {"text": "Hello"}, at=node.at)
    refusal = {"code": "MESSAGE_FOR_ANOTHER"}
    OutboxMessage.objects.update(state="refused", refusal=refusal)
    keeper = pages("keeper_1")
    assert "messages refused: 1" in keeper.get("/admin/").content.decode()
    address = reverse("admin:linking_outboxmessage_change", args=[row.pk])
    assert "Send again" in keeper.get(address).content.decode()
    keeper.post(reverse("admin:linking_outboxmessage_again", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "waiting"


def test_messages_of_each_way_are_counted_apart(node, pinned, pages, client):
    """What waits, what was refused, and when something last came: neither multiplies another."""
    peer = Peer.objects.get()
    sent = [post_message(peer, "test", {"text": str(n)}, at=node.at) for n in range(3)]
    OutboxMessage.objects.filter(pk=sent[0].pk).update(state="refused", refusal={"code": "X"})
    for number in range(2):
        pinned.tell(client, "test", {"text": str(number)}, to=node.name, at=node.at)
    found = peers.with_messages(Peer.objects.all()).get()
    assert (found.waiting, found.refused) == (2, 1)
    assert found.heard_at == InboxMessage.objects.latest("received_at").received_at
    assert pages("auditor").get(reverse("admin:linking_peer_changelist")).status_code == 200


def test_others_look_and_do_nothing(node, pinned, pages):
    """An auditor sees the node and its messages, and finds no button."""
    peer = Peer.objects.get()
    auditor = pages("auditor")
    assert act(peer, "pause") not in auditor.get(page_of(peer)).content.decode()
    for address in (act(peer, "pause"), reverse("admin:linking_peer_introduce")):
        assert auditor.post(address).status_code == 403
    for model in ("peer", "outboxmessage", "inboxmessage"):
        listed = auditor.get(reverse(f"admin:linking_{model}_changelist"))
        assert listed.status_code == 200
    peer.refresh_from_db()
    assert peer.state == "pinned"


def test_a_notice_is_sent_once_and_shown_until_it_is_over(node, pinned, pages, client):
    """What another node tells stands on the home page; a second click on "send" sends nothing."""
    keeper = pages("keeper_1")
    address = reverse("admin:linking_peernotice_send")
    said = {"peers": [pinned.name], "kind": "incident", "text": "Disk full"}
    said |= {"begins_at": "2026-11-23T08:00", "ends_at": "2026-11-22T08:00"}
    assert "ends before it begins" in keeper.post(address, said).content.decode()
    for _click in range(2):
        assert keeper.post(address, {**said, "ends_at": ""}).status_code == 302
    assert OutboxMessage.objects.filter(kind="notice").count() == 1
    body = {
        "kind": "maintenance",
        "from": canonical.instant(node.at - timedelta(hours=2)),
        "to": canonical.instant(node.at + timedelta(hours=2)),
        "text": "A new disk <b>",
    }
    over = {**body, "to": canonical.instant(node.at - timedelta(hours=1)), "text": "It was short"}
    for each in (body, over):
        assert pinned.tell(client, "notice", each, to=node.name, at=node.at).status_code == 200
    home = pages("auditor").get("/admin/").content.decode()
    assert "A new disk &lt;b&gt;" in home and "It was short" not in home
    listed = client.get(reverse("admin:linking_peernotice_changelist")).content.decode()
    assert "A new disk" in listed and "It was short" in listed
    shown = client.get(
        reverse("admin:linking_peernotice_change", args=[PeerNotice.objects.first().pk])
    )
    assert "maintenance" in shown.content.decode()
    assert client.get(address).status_code == 403


def test_a_node_shows_its_own_fingerprint(node, pages, client):
    """What is read out to people of another node, as GET /node has it."""
    card = cards.read(make_card(at=node.at))
    shown = pages("auditor").get(reverse("admin:linking_peer_this_node")).content.decode()
    digits = card.fingerprint(node.at)
    assert node.name in shown and digits[:4] + " " + digits[4:8] in shown
