"""Holding proofs: what the node says, and the proof that its log has the posting."""

from datetime import timedelta

import pytest

from registry import canonical
from registry.certificates import verification
from registry.log.hashing import leaf_hash
from tests.certificates.papers import (
    AT,
    LittleLog,
    Signer,
    five_leaves,
    holding_proof,
    keys,
    of_the_node,
)


@pytest.fixture
def node():
    return of_the_node()


@pytest.fixture
def log():
    return of_the_node("log")


def findings(document, *signers):
    found = verification.verify(canonical.encode(document), keys(*signers)).findings
    assert all(text % one.data for one in found for text in one.texts)
    return [(one.code, one.data.get("reason")) for one in found]


def resigned(signer, document, **changes):
    """The node's own statement with other members."""
    members = {name: document[name] for name in document if name not in ("signature", "format")}
    return holding_proof(signer, **{**members, "signed_at": AT, **changes})


@pytest.mark.parametrize("size", range(1, 10))
def test_every_leaf_of_small_logs_is_proved(node, log, size):
    """Of every tree up to nine leaves."""
    little = LittleLog(log, [leaf_hash(bytes([n])) for n in range(size)])
    for index in range(size):
        assert findings(holding_proof(node, little, index=index), node, log) == []


def test_it_holds_before_the_log_has_the_posting(node, log):
    """The statement is the node's, and the proof follows."""
    verdict = verification.verify(canonical.encode(holding_proof(node)), keys(node))
    assert verdict.holds
    assert verdict.says["account"] == "KR-ETRS-0000007-11"
    assert verdict.says["in_the_log"] == "not yet"


@pytest.mark.parametrize(
    ("member", "value", "reason"),
    [
        ("index", "1", "ROOT_DIFFERS"),
        ("index", "5", "LEAF_NOT_IN_TREE"),
        ("hashes", [], "PROOF_LENGTH_WRONG"),
        ("hashes", ["00" * 32] * 3, "ROOT_DIFFERS"),
        ("checkpoint", "a note", "NOTE_MALFORMED"),
    ],
)
def test_a_wrong_proof_is_named(node, log, member, value, reason):
    """Also when the node itself has signed it."""
    document = holding_proof(node, five_leaves(log))
    inclusion = {**document["inclusion"], member: value}
    wrong = resigned(node, document, inclusion=inclusion)
    assert findings(wrong, node, log) == [("LEAF_NOT_PROVED", reason)]


def test_the_proof_is_of_the_posting_that_is_named(node, log):
    """Another leaf hash leads to another root."""
    document = holding_proof(node, five_leaves(log))
    since = {**document["since"], "leaf_hash": leaf_hash(b"other").hex()}
    wrong = resigned(node, document, since=since)
    assert findings(wrong, node, log) == [("LEAF_NOT_PROVED", "ROOT_DIFFERS")]


def test_a_checkpoint_of_another_log_proves_nothing(node):
    """Of another node, by another key, or by a key that was revoked when the node said it."""
    foreign = of_the_node("log", node="other.example")
    document = holding_proof(node, five_leaves(foreign))
    reason = "NOTE_SIGNED_BY_NO_KNOWN_KEY"
    assert findings(document, node, foreign) == [("LEAF_NOT_PROVED", reason)]
    log = of_the_node("log")
    document = holding_proof(node, five_leaves(log))
    assert findings(document, node, of_the_node("log")) == [("LEAF_NOT_PROVED", reason)]
    log.revoked_at = AT
    assert findings(document, node, log) == [("LEAF_NOT_PROVED", reason)]
    log.revoked_at = AT + timedelta(seconds=1)
    assert findings(document, node, log) == []


@pytest.mark.parametrize(
    "changes",
    [{"first": "21"}, {"position": "4"}],
    ids=str,
)
def test_a_statement_that_contradicts_itself_is_refused(node, changes):
    """The block ends before it begins; the units came later than they were held."""
    wrong = holding_proof(node, **changes)
    assert findings(wrong, node) == [("HOLDING_CONTRADICTS_ITSELF", None)]


def test_a_registry_does_not_sign_for_the_node(node):
    """Neither does the key of the log."""
    for other in (Signer(), of_the_node("log"), of_the_node(node="other.example")):
        assert findings(holding_proof(other), other) == [("SIGNER_WITHOUT_RIGHT", None)]


@pytest.mark.parametrize(
    ("member", "value", "named"),
    [
        ("since", [], ["since"]),
        ("since", {}, [f"since.{n}" for n in
                       ("leaf_hash", "position", "posting", "recorded_at", "transaction")]),
        ("inclusion", {"index": "00", "hashes": ["0"], "checkpoint": ""},
         ["inclusion.checkpoint", "inclusion.hashes", "inclusion.index"]),
        ("inclusion", "none", ["inclusion"]),
        ("account", "", ["account"]),
        ("position", "0", ["position"]),
    ],
)  # fmt: skip
def test_members_have_their_forms(node, member, value, named):
    """What is inside is named with its path."""
    document = canonical.encode({**holding_proof(node), member: value})
    found = verification.verify(document, keys(node)).findings
    assert [one.data["member"] for one in found] == named
