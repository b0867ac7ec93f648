"""What parties say of a text, and that they reject it, reaches the nodes of the other parties."""

import pytest

from linking.models import AgreementVersion, Comment
from linking.services.comment import comment
from linking.services.propose_version import propose_version
from linking.services.reject_version import reject_version
from registry import canonical
from registry.errors import Conflict
from registry.keys import text_forms
from registry.keys.algorithms import ALGORITHMS, ED25519
from tests.linking.peers.nodes import encoded, later, signer
from tests.linking.peers.test_agreements import (
    CODE,
    SAID,
    begun,
    own_key,
    propose_from_abroad,
    said,
    sign_here,
)


def meant(**changes):
    """The text that waits for signatures, as messages name it."""
    version = AgreementVersion.objects.latest("pk")
    digest = bytes(version.digest).hex()
    return {"agreement": CODE, "version": version.number, "digest": digest, **changes}


def comment_from_abroad(node, other, wire, *, about=None, **changes):
    body = {
        **(about or meant()),
        "party": "JP",
        "at": canonical.instant(later(node.at, seconds=-3)),
        "clause": "/clauses/0/text",
        "text": "From which year on?",
        **changes,
    }
    return other.tell(wire, "comment", body, to=node.name, at=node.at)


def rejection_from_abroad(node, other, wire, *, key=None, sent_at=None, **changes):
    told = {
        **meant(),
        "party": "JP",
        "at": canonical.instant(later(node.at, seconds=-3)),
        "reason": "The quota is too high.",
        **changes,
    }
    message = canonical.encode({"format": "concord-rejection-1", **told})
    signature = (key or other.registry_key).private.sign(message)
    body = {**told, "key_id": other.registry_key.key_id, "signature": encoded(signature)}
    return other.tell(wire, "rejection", body, to=node.name, at=node.at, sent_at=sent_at or node.at)


def reject_here(node, actor):
    digest = bytes(AgreementVersion.objects.latest("pk").digest)
    by = {"actor": actor, "agreement": CODE, "party": "KR", "at": node.at}
    return reject_version(**by, digest=digest, reason="Not yet.")


def test_a_comment_goes_to_the_other_node(node, pinned, korea, wire):
    """With the text that it is about, the place in it, the party and the moment."""
    propose_from_abroad(node, pinned, wire, signatures=False)
    words = ("/edges/0/quotas", "Half of it.\nThen we sign.")
    comment(actor=korea, agreement=CODE, party="KR", said=words, at=node.at)
    (told,) = said("comment")
    at = canonical.instant(node.at)
    assert told == meant(party="KR", at=at, clause=words[0], text=words[1])


def test_a_comment_comes_from_the_other_node(node, pinned, korea, wire):
    """It stands beside the clause as that party's; also after the text has come into force."""
    begun(node, korea, pinned)
    assert comment_from_abroad(node, pinned, wire).status_code == 200
    row = Comment.objects.get()
    assert (row.party.jurisdiction.code, row.clause, row.text) == (
        "JP",
        "/clauses/0/text",
        "From which year on?",
    )
    assert row.at == later(node.at, seconds=-3)
    AgreementVersion.objects.update(status="dropped")
    assert comment_from_abroad(node, pinned, wire, text="Late.").status_code == 200


def test_a_rejection_goes_to_the_other_node(node, pinned, korea, wire):
    """Signed by the registry of the party."""
    propose_from_abroad(node, pinned, wire, signatures=False)
    expected = meant(party="KR", at=canonical.instant(node.at), reason="Not yet.")
    assert reject_here(node, korea).status == "dropped"
    (told,) = said("rejection")
    signature, key_id = told.pop("signature"), told.pop("key_id")
    assert (told, key_id) == (expected, own_key(node).key_id)
    message = canonical.encode({"format": "concord-rejection-1", **told})
    verify = ALGORITHMS[ED25519].verify
    assert verify(bytes(own_key(node).public_key), text_forms.decode(signature), message)


def test_a_rejection_from_the_other_node_drops_the_text(node, pinned, korea, wire):
    """With its reason; what comes after a rejection from here changes nothing."""
    begun(node, korea, pinned)
    for reason in ("The quota is too high.", "No."):
        assert rejection_from_abroad(node, pinned, wire, reason=reason).status_code == 200
    version = AgreementVersion.objects.get()
    assert version.status == "dropped"
    assert (version.rejection.party.jurisdiction.code, version.rejection.reason) == (
        "JP",
        "The quota is too high.",
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"key": signer()}, "MESSAGE_SIGNATURE_INVALID", id="signature"),
        pytest.param({"party": "KR"}, "NOT_A_PARTY", id="party of another"),
        pytest.param({"digest": "00" * 32}, "SIGNED_ANOTHER_VERSION", id="other text"),
        pytest.param({"version": 2}, "TEXT_NOT_HERE_YET", id="later text"),
        pytest.param({"agreement": "KR-CN"}, "TEXT_NOT_HERE_YET", id="no agreement"),
    ],
)
def test_rejections_that_do_not_hold_drop_nothing(node, pinned, korea, wire, changes, code):
    """Only a party that the sender keeps, by its registry's key, of the text that is here."""
    begun(node, korea, pinned)
    answer = rejection_from_abroad(node, pinned, wire, **changes)
    assert answer.json()["code"] == code
    assert answer.status_code == (425 if code == "TEXT_NOT_HERE_YET" else answer.status_code)
    assert AgreementVersion.objects.get().status == "proposed"


def test_a_text_that_never_comes_is_not_waited_for(node, pinned, korea, wire):
    """After a day what is about it is refused for good."""
    begun(node, korea, pinned)
    sent_at = later(node.at, days=-2)
    answer = rejection_from_abroad(node, pinned, wire, agreement="KR-CN", sent_at=sent_at)
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_AGREEMENT")


def test_a_signature_that_was_told_binds(node, pinned, korea, wire):
    """Elsewhere the last signature may have followed it: this node's party neither rejects the text
    nor proposes another, and no more does the other node's that has signed."""
    begun(node, korea, pinned)
    with pytest.raises(Conflict, match="SIGNATURE_BINDS"):
        reject_here(node, korea)
    with pytest.raises(Conflict, match="SIGNATURE_BINDS"):
        propose_version(actor=korea, agreement=CODE, party="KR", said=SAID, at=node.at)
    assert AgreementVersion.objects.get().status == "proposed"


def test_a_party_that_has_signed_abroad_can_not_reject(node, pinned, korea, wire):
    """This party's signature may be on its way, and would be the last."""
    propose_from_abroad(node, pinned, wire)
    answer = rejection_from_abroad(node, pinned, wire)
    assert (answer.status_code, answer.json()["code"]) == (409, "SIGNATURE_BINDS")
    assert sign_here(node, korea).status == "in_force"
