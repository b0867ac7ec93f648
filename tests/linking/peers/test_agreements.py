"""A text that one node proposes is proposed on the other; each side's people sign for their own."""

import json

import pytest

from linking.models import Agreement, AgreementVersion, EdgeChange, OutboxMessage
from linking.services.change_edge import Act, suspend, terminate
from linking.services.create_agreement import NewParty, create_agreement
from linking.services.propose_version import propose_version
from linking.services.sign_version import sign_version
from registry import canonical
from registry.keys import jwk
from registry.keys.algorithms import ALGORITHMS, ED25519
from registry.models import KeyRecord
from tests.linking.documents import document, quota
from tests.linking.peers.nodes import encoded, later, signer

CODE = "KR-JP"


def edge(source, acceptor, unit_type):
    return document(
        edge_id=f"{source}>{acceptor}",
        source=source,
        acceptor=acceptor,
        accept_unit_types=[unit_type],
        quotas=[quota(value="1000")],
        article6={"ca_required": True, "authorisation_id": "A-1"},
    )


SAID = {
    "title": "Two nodes",
    "clauses": [{"id": "1", "text": "Each side recognises the other's units."}],
    "edges": [edge("KR", "JP", "KAU"), edge("JP", "KR", "GXA")],
}


def own_key(node):
    return KeyRecord.objects.get(registry=node.world.home, purpose="issuance")


def text_of(node, other, **changes):
    """The text as the other node writes it."""

    def key(public):
        return {"kid": jwk.thumbprint(ED25519, public), **jwk.public_jwk(ED25519, public)}

    parties = [
        {"registry": "JP-GX", "jurisdiction": "JP", "key": key(other.registry_key.public)},
        {
            "registry": "KR-ETRS",
            "jurisdiction": "KR",
            "key": key(bytes(own_key(node).public_key)),
        },
    ]
    form = {"format": "concord-agreement-1", "agreement": CODE, "version": 1, "parties": parties}
    return canonical.encode({**form, **SAID, **changes}).decode()


def signed(other, message):
    return {
        "party": "JP",
        "key_id": other.registry_key.key_id,
        "signature": encoded(other.registry_key.private.sign(message)),
    }


def propose_from_abroad(node, other, wire, *, signatures=True, **changes):
    text = text_of(node, other, **changes)
    body = {"text": text, "signatures": [signed(other, text.encode())] if signatures else []}
    return other.tell(wire, "version", body, to=node.name, at=node.at)


def sign_here(node, korea, at=None):
    version = AgreementVersion.objects.get()
    return sign_version(
        actor=korea,
        agreement=CODE,
        party="KR",
        digest=bytes(version.digest),
        at=at or node.at,
    )


def said(kind):
    """The bodies of the messages of a kind that wait for the other node."""
    return [json.loads(row.text)["body"] for row in OutboxMessage.objects.filter(kind=kind)]


def test_a_text_from_abroad_is_proposed_here(node, pinned, korea, wire):
    """As that party's; this node's people sign it, and the other node is told."""
    assert propose_from_abroad(node, pinned, wire).status_code == 200
    version = AgreementVersion.objects.get()
    assert (version.status, version.proposed_by.jurisdiction.code) == ("proposed", "JP")
    sign_here(node, korea)
    version.refresh_from_db()
    assert version.status == "in_force"
    (told,) = said("signature")
    assert (told["party"], told["version"], told["digest"]) == (
        "KR",
        1,
        bytes(version.digest).hex(),
    )
    public = bytes(own_key(node).public_key)
    from registry.keys import text_forms

    signature = text_forms.decode(told["signature"])
    assert ALGORITHMS[ED25519].verify(public, signature, version.canonical.encode())


def begun(node, korea, other):
    """Korea begins the agreement here, proposes the text and signs it."""
    parties = [NewParty("JP-GX", other.registry_key.public), NewParty("KR-ETRS")]
    create_agreement(actor=korea, code=CODE, parties=parties, at=node.at)
    propose_version(actor=korea, agreement=CODE, party="KR", said=SAID, at=node.at)
    return sign_here(node, korea)


def in_force(node, korea, other, wire):
    version = begun(node, korea, other)
    body = {
        "agreement": CODE,
        "version": 1,
        "digest": bytes(version.digest).hex(),
        **signed(other, version.canonical.encode()),
    }
    return other.tell(wire, "signature", body, to=node.name, at=node.at)


def test_a_text_of_this_node_is_signed_abroad(node, pinned, korea, wire):
    """The other node is told the text, then the signature; its own brings the text into force."""
    assert in_force(node, korea, pinned, wire).status_code == 200
    version = AgreementVersion.objects.get()
    assert version.status == "in_force"
    (told,) = said("version")
    assert told == {"text": version.canonical, "signatures": []}
    assert [each["party"] for each in said("signature")] == ["KR"]


def change_from_abroad(node, other, wire, key=None, **changes):
    told = {
        "agreement": CODE,
        "edge": "KR>JP",
        "at": canonical.instant(later(node.at, seconds=5)),
        "state": "suspended",
        "cause": "manual",
        "grace_until": "2026-12-31",
        **changes,
    }
    key = key or other.registry_key
    signature = key.private.sign(canonical.encode({"format": "concord-edge-change-1", **told}))
    body = {**told, "key_id": other.registry_key.key_id, "signature": encoded(signature)}
    return other.tell(wire, "edge-change", body, to=node.name, at=node.at)


def test_the_acceptor_abroad_suspends_its_edge(node, pinned, korea, wire):
    """At its instant and with its last day; once, however often it is told."""
    in_force(node, korea, pinned, wire)
    for _ in range(2):
        assert change_from_abroad(node, pinned, wire).status_code == 200
    change = EdgeChange.objects.get(state="suspended")
    assert (change.edge_id, change.at) == ("KR>JP", later(node.at, seconds=5))
    assert str(change.grace_until) == "2026-12-31"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"edge": "JP>KR"}, "NOT_A_PARTY", id="edge of another"),
        pytest.param({"key": signer()}, "MESSAGE_SIGNATURE_INVALID", id="signature"),
        pytest.param({"state": "active"}, "NOT_SUSPENDED", id="state"),
        pytest.param({"edge": "KR>CN"}, "UNKNOWN_EDGE", id="no edge"),
        pytest.param({"agreement": "KR-CN"}, "UNKNOWN_AGREEMENT", id="no agreement"),
    ],
)
def test_what_the_other_node_may_not_change_stays(node, pinned, korea, wire, changes, code):
    """Only the acceptor's registry, by the key that the text pins, and only what can follow."""
    in_force(node, korea, pinned, wire)
    assert change_from_abroad(node, pinned, wire, **changes).json()["code"] == code
    assert not EdgeChange.objects.filter(state="suspended").exists()


def test_a_suspension_here_is_told_abroad(node, pinned, korea, wire):
    """Signed by the registry of the acceptor."""
    in_force(node, korea, pinned, wire)
    at = later(node.at, seconds=7)
    suspend(actor=korea, agreement=CODE, edge_id="JP>KR", act=Act("suspended"), at=at)
    (told,) = said("edge-change")
    assert (told["edge"], told["state"], told["at"]) == (
        "JP>KR",
        "suspended",
        canonical.instant(at),
    )
    signature, key_id = told.pop("signature"), told.pop("key_id")
    from registry.keys import text_forms

    message = canonical.encode({"format": "concord-edge-change-1", **told})
    key = own_key(node)
    assert key.key_id == key_id
    verify = ALGORITHMS[ED25519].verify
    assert verify(bytes(key.public_key), text_forms.decode(signature), message)


def test_an_end_with_notice_is_told_at_once(node, pinned, korea, wire):
    """The message goes out now, however far ahead the end is that it tells of."""
    in_force(node, korea, pinned, wire)
    at = later(node.at, seconds=7)
    ends = terminate(actor=korea, agreement=CODE, party="KR", at=at)
    row = OutboxMessage.objects.get(kind="edge-change")
    told = json.loads(row.text)
    assert (row.next_attempt_at, told["sent_at"]) == (at, canonical.instant(at))
    assert (told["body"]["state"], told["body"]["at"]) == ("terminated", canonical.instant(ends))


def test_another_text_under_the_same_number_is_refused(node, pinned, korea, wire):
    """Both sides have proposed at once: neither overwrites the other's."""
    begun(node, korea, pinned)
    answer = propose_from_abroad(node, pinned, wire, title="Another")
    assert (answer.status_code, answer.json()["code"]) == (409, "VERSION_EXISTS")


@pytest.mark.parametrize(
    ("parties", "code"),
    [
        pytest.param("own key", "KEY_NOT_PINNED", id="own key"),
        pytest.param("stranger", "KEY_NOT_PINNED", id="stranger"),
        pytest.param("false name", "TEXT_MALFORMED", id="false name"),
        pytest.param("one", "TEXT_MALFORMED", id="one party"),
    ],
)
def test_texts_with_other_keys_are_refused(node, pinned, korea, wire, parties, code):
    """Nobody is held to a key that is not theirs."""
    listed = json.loads(text_of(node, pinned))["parties"]
    other = signer()
    false = {"kid": other.key_id, **jwk.public_jwk(ED25519, other.public)}
    if parties == "own key":
        listed[1]["key"] = false
    elif parties == "stranger":
        listed[0]["key"] = false
    elif parties == "false name":
        listed[0]["key"] = {**false, "kid": pinned.registry_key.key_id}
    else:
        listed = listed[:1]
    answer = propose_from_abroad(node, pinned, wire, signatures=False, parties=listed)
    assert answer.json()["code"] == code
    assert not Agreement.objects.exists()
