"""Another node is pinned once two persons, or a person and an agreement, have confirmed it."""

import pytest

from linking.models import Peer, PeerKey, PeerRegistry
from linking.selectors import peers
from linking.services.introduce_peer import confirm_peer, introduce_peer
from tests.linking.peers.conftest import fingerprint, pin
from tests.linking.peers.nodes import reached, signer
from tests.refused import refused


def introduced(node, other, **given):
    with reached(other):
        return introduce_peer(**{"actor": node.keeper_1, "url": other.url, "at": node.at, **given})


def test_two_persons_pin_a_node(node, other):
    """One fetches the card, another compares the fingerprint; then its keys are known."""
    peer = introduced(node, other)
    assert (peer.state, peer.name) == ("introduced", other.name)
    assert not PeerKey.objects.exists()
    told = fingerprint(peer, node.at)
    spaced = " ".join(told[at : at + 4] for at in range(0, 64, 4)).upper()
    confirm_peer(actor=node.keeper_2, name=peer.name, fingerprint=spaced, at=node.at)
    peer = Peer.objects.get()
    assert (peer.state, peer.confirmation) == ("pinned", "person")
    assert set(PeerKey.objects.values_list("key_id", "purpose", "registry__code")) == {
        (other.key.key_id, "message", None),
        (other.registry_key.key_id, "issuance", "JP-GX"),
    }
    assert peers.peer_of(node.world.overseas) == peer
    assert set(peers.published_keys(peer)) == {other.key.key_id, other.registry_key.key_id}


def test_who_introduces_does_not_confirm(node, other):
    """Four eyes, and the fingerprint of exactly this card."""
    peer = introduced(node, other)
    given = {"name": peer.name, "fingerprint": fingerprint(peer, node.at), "at": node.at}
    assert refused(confirm_peer, actor=node.keeper_1, **given).codes == ["PEER_INTRODUCED_BY_YOU"]
    wrong = {**given, "fingerprint": "0" * 64}
    assert refused(confirm_peer, actor=node.keeper_2, **wrong).codes == ["FINGERPRINT_DIFFERS"]
    administrator = node.world.administrator_1
    assert refused(confirm_peer, actor=administrator, **given).codes == ["NOT_PERMITTED"]
    assert Peer.objects.get().state == "introduced"
    assert refused(peers.peer_of, node.world.overseas).codes == ["REGISTRY_WITHOUT_PEER"]


def test_a_card_is_fetched_anew_until_it_is_confirmed(node, other):
    """Introduced again, the card is replaced; once pinned, no longer."""
    first = introduced(node, other)
    before = fingerprint(first, node.at)
    other.key = signer()
    peer = introduced(node, other)
    assert (peer.pk, fingerprint(peer, node.at) == before) == (first.pk, False)
    pin(node, other)
    with reached(other):
        error = refused(introduce_peer, actor=node.keeper_1, url=other.url, at=node.at)
    assert error.codes == ["PEER_EXISTS"]


def test_an_agreement_pins_at_once(node, other, table_with_japan):
    """A registry's key that an agreement in force pins has signed the card: nobody is asked."""
    table_with_japan(other.registry_key)
    peer = introduced(node, other)
    assert (peer.state, peer.confirmation, peer.pinned_by) == ("pinned", "agreement", None)


def test_another_key_than_that_of_the_agreement_does_not(node, other, table_with_japan):
    """The card's own keys vouch for nothing."""
    table_with_japan(signer())
    assert introduced(node, other).state == "introduced"


@pytest.fixture
def table_with_japan(node):
    """An agreement in force with the registry of the other node, by one of its keys."""
    from linking.models import AgreementParty
    from linking.services.create_agreement import NewParty, create_agreement
    from linking.services.propose_version import propose_version
    from linking.services.sign_version import sign_version
    from tests.linking.conftest import administrator
    from tests.linking.documents import document, quota

    def agree(key):
        korea = administrator(node.world, node.world.home, "korea")
        japan = administrator(node.world, node.world.overseas, "japan")
        parties = [NewParty("KR-ETRS"), NewParty("JP-GX", key.public)]
        create_agreement(actor=korea, code="KR-JP", parties=parties, at=node.at)
        edge = document(
            edge_id="KR>JP",
            source="KR",
            acceptor="JP",
            accept_unit_types=["KAU"],
            quotas=[quota(value="1000")],
            article6={"ca_required": True, "authorisation_id": "A-1"},
        )
        said = {"title": "KR-JP", "clauses": [], "edges": [edge]}
        text = propose_version(actor=korea, agreement="KR-JP", party="KR", said=said, at=node.at)
        given = {"agreement": "KR-JP", "digest": bytes(text.digest), "at": node.at}
        sign_version(actor=korea, party="KR", **given)
        signature = key.private.sign(text.canonical.encode())
        sign_version(actor=japan, party="JP", signature=signature, **given)
        assert AgreementParty.objects.count() == 2

    return agree


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"by": []}, "CARD_REFUSED", id="unsigned"),
        pytest.param({"format": "card"}, "CARD_REFUSED", id="format"),
        pytest.param({"keys": []}, "CARD_REFUSED", id="no keys"),
        pytest.param({"registries": []}, "CARD_REFUSED", id="key of no registry"),
        pytest.param({"protocols": [2, 3]}, "PROTOCOL_NOT_COMMON", id="versions"),
        pytest.param({"node": "elsewhere.example"}, "CARD_REFUSED", id="keys of another"),
        pytest.param({"url": 1}, "CARD_REFUSED", id="address"),
    ],
)
def test_bad_cards_are_refused(node, other, monkeypatch, changes, code):
    """Nothing is kept of a card that does not hold."""
    bad = other.card(**changes)
    monkeypatch.setattr(other, "card", lambda: bad)
    with reached(other):
        assert refused(introduce_peer, actor=node.keeper_1, url=other.url, at=node.at).codes == [
            code
        ]
    assert not Peer.objects.exists()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.1", "PEER_DOES_NOT_ANSWER"),
        ("ftp://127.0.0.1", "PEER_ADDRESS_REFUSED"),
        ("http://127.0.0.1:1", "PEER_DOES_NOT_ANSWER"),
    ],
    ids=["inside", "scheme", "nobody"],
)
def test_addresses(node, url, code):
    """Only where peers may be, and only where somebody answers."""
    if url.startswith("http://10."):
        code = "PEER_ADDRESS_REFUSED"
    assert refused(introduce_peer, actor=node.keeper_1, url=url, at=node.at).codes == [code]


def test_registries_have_one_peer(node, other, pinned):
    """Another node that claims the same registry is not pinned."""
    second = type(other)(other.begun, name="second.example")
    peer = introduced(node, second)
    error = refused(
        confirm_peer,
        actor=node.keeper_2,
        name=peer.name,
        fingerprint=fingerprint(peer, node.at),
        at=node.at,
    )
    assert error.codes == ["REGISTRY_OF_ANOTHER_PEER"]
    assert PeerRegistry.objects.get().peer.name == other.name
