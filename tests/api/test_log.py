"""The log over HTTP: checkpoints, proofs that others can check, receipts, and what is refused."""

import hashlib
import itertools
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.certificates import key_list, verification
from registry.keys import vkeys
from registry.lines import Line
from registry.log import checkpoint as checkpoints
from registry.log import note, receipt
from registry.log import verification as proofs
from registry.log.hashing import leaf_hash
from registry.models import Checkpoint, KeyRecord, Posting
from registry.selectors.signing_keys import every_key
from registry.services.append_leaves import append_batch
from registry.services.freeze import freeze
from registry.services.log_document import log_document
from registry.services.make_checkpoint import make_checkpoint
from registry.services.sequence import sequence_postings
from registry.services.signing_keys import ensure_keys
from tests.world import moved, stock

PUBLIC = "public, max-age="


@pytest.fixture
def log(world):
    """A log with three checkpoints: of no leaf, of three leaves, and of eight."""
    ensure_keys(at=world.at)
    make_checkpoint(at=world.at)
    stock(world, operator_a=1000)
    for count in (2, 5):
        for _posting in range(count):
            moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
        log_all(world)
    return world


def log_all(world):
    sequence_postings()
    append_batch()
    make_checkpoint(at=world.at)


def opened(data):
    """A checkpoint as whoever has the log's published key reads it."""
    key = KeyRecord.objects.get(purpose="log")
    line = vkeys.vkey(key.node, key.algorithm, bytes(key.public_key))
    return checkpoints.opened(data, origin=key.node, verifiers=[note.verifier(line)])


def code(answer, status):
    assert answer.status_code == status, answer.content
    return answer.json()["code"]


def hashes(answer):
    return [bytes.fromhex(value) for value in answer.json()["hashes"]]


def holds(proof, head):
    """Whether an inclusion proof leads from its own entry to a checkpoint's root."""
    said = proof.json()
    leaf = leaf_hash(said["entry"].encode())
    assert leaf.hex() == said["leaf_hash"]
    assert (said["log"], said["size"]) == (head.origin, str(head.size))
    proofs.inclusion(
        index=int(said["index"]), size=head.size, leaf=leaf, proof=hashes(proof), root=head.root
    )


def test_everybody_reads_the_latest_checkpoint(log, anonymous):
    """It is a signed note of the size that the log has, and is not kept for long."""
    answer = anonymous.get("log/checkpoint")
    assert opened(answer.content).size == 8
    assert answer["Cache-Control"] == f"{PUBLIC}2"


def test_checkpoint_of_a_size_never_changes(log, anonymous):
    """Those that were signed are there for ever; other sizes have none."""
    answer = anonymous.get("log/checkpoints/3")
    assert opened(answer.content).size == 3
    assert answer["Cache-Control"] == f"{PUBLIC}31536000, immutable"
    assert (
        anonymous.get("log/checkpoints/3", **{"if-none-match": answer["ETag"]}).status_code == 304
    )
    assert code(anonymous.get("log/checkpoints/4"), 404) == "NO_CHECKPOINT"
    assert code(anonymous.get("log/checkpoints/x"), 400) == "NOT_A_NUMBER"


def test_log_without_a_checkpoint(world, anonymous):
    """Before the first one there is nothing to prove."""
    assert code(anonymous.get("log/checkpoint"), 404) == "NO_CHECKPOINT"
    assert code(anonymous.get("log/consistency", {"from": "0"}), 404) == "NO_CHECKPOINT"
    assert code(anonymous.get("log/leaves/0/proof"), 404) == "UNKNOWN_LEAF"


def test_every_leaf_is_proved_against_the_checkpoint(log, anonymous):
    """From the leaf's own data to the signed root, by index and by posting."""
    head = opened(anonymous.get("log/checkpoint").content)
    for index in range(head.size):
        holds(anonymous.get(f"log/leaves/{index}/proof"), head)
    for number in Posting.objects.values_list("pk", flat=True):
        holds(anonymous.get(f"log/postings/{number}/proof"), head)


def test_proof_at_an_earlier_size(log, anonymous):
    """It leads to the checkpoint of that size, and can be kept for ever."""
    answer = anonymous.get("log/leaves/1/proof", {"size": "3"})
    holds(answer, opened(anonymous.get("log/checkpoints/3").content))
    assert answer["Cache-Control"] == f"{PUBLIC}31536000, immutable"
    assert anonymous.get("log/leaves/1/proof")["Cache-Control"] == f"{PUBLIC}2"


def test_proof_is_of_one_size_only(log, anonymous):
    """The proof for one tree does not hold in another."""
    head = opened(anonymous.get("log/checkpoint").content)
    said = anonymous.get("log/leaves/1/proof", {"size": "3"}).json()
    with pytest.raises(receipt.Refused):
        proofs.inclusion(
            index=1,
            size=head.size,
            leaf=bytes.fromhex(said["leaf_hash"]),
            proof=[bytes.fromhex(value) for value in said["hashes"]],
            root=head.root,
        )


def test_sizes_that_can_not_be_proved(log, anonymous):
    """Too large, too small for the leaf, and no number."""
    answer = anonymous.get("log/leaves/1/proof", {"size": "9"})
    assert code(answer, 400) == "TREE_SIZE_IN_THE_FUTURE"
    assert answer.json()["errors"][0]["data"] == {"size": "8"}
    assert code(anonymous.get("log/leaves/3/proof", {"size": "3"}), 400) == "TREE_TOO_SMALL"
    assert code(anonymous.get("log/leaves/3/proof", {"size": "-3"}), 400) == "NOT_A_NUMBER"
    assert code(anonymous.get("log/leaves/8/proof"), 404) == "UNKNOWN_LEAF"


def test_posting_that_is_not_logged_yet(log, anonymous):
    """Ask again soon: with and without a leaf, as long as no checkpoint covers it."""
    posting = moved(log, log.at_home.operator_a, log.at_home.operator_b, 1).posting_id
    for step in (sequence_postings, append_batch):
        answer = anonymous.get(f"log/postings/{posting}/proof")
        assert code(answer, 503) == "NOT_LOGGED_YET"
        assert answer["Retry-After"]
        step()
    assert code(anonymous.get(f"log/postings/{posting}/proof"), 503) == "NOT_LOGGED_YET"
    make_checkpoint(at=log.at)
    assert anonymous.get(f"log/postings/{posting}/proof").status_code == 200
    assert code(anonymous.get("log/postings/999999/proof"), 404) == "UNKNOWN_POSTING"


def test_document_is_proved_by_its_kind_and_subject(log, anonymous):
    """A document that was recorded is proved as a posting is, once a checkpoint covers it."""
    address = "log/documents/report/KR-1/proof"
    assert code(anonymous.get(address), 404) == "UNKNOWN_LOGGED_DOCUMENT"
    log_document(kind="report", subject="KR-1", document={"year": 2025, "tonnes": "12345"})
    assert code(anonymous.get(address), 503) == "NOT_LOGGED_YET"
    append_batch()
    assert code(anonymous.get(address), 503) == "NOT_LOGGED_YET"
    make_checkpoint(at=log.at)
    answer = anonymous.get(address)
    entry = json.loads(answer.json()["entry"])
    said = b'{"tonnes":"12345","year":2025}'
    assert (entry["kind"], entry["subject"]) == ("report", "KR-1")
    assert entry["sha256"] == hashlib.sha256(said).hexdigest()
    assert anonymous.get("log/leaves/8/proof").json() == answer.json()
    holds(answer, opened(anonymous.get("log/checkpoint").content))


def test_consistency_between_checkpoints(log, anonymous):
    """The log of three leaves is the beginning of that of eight."""
    old = opened(anonymous.get("log/checkpoints/3").content)
    new = opened(anonymous.get("log/checkpoint").content)
    answer = anonymous.get("log/consistency", {"from": "3"})
    assert answer["Cache-Control"] == f"{PUBLIC}2"
    given = {"old": 3, "new": 8, "old_root": old.root, "new_root": new.root}
    proofs.consistency(**given, proof=hashes(answer))
    final = anonymous.get("log/consistency", {"from": "3", "to": "8"})
    assert final.content == answer.content
    assert "immutable" in final["Cache-Control"]
    assert hashes(anonymous.get("log/consistency", {"from": "0"})) == []


def test_sizes_between_which_nothing_is_proved(log, anonymous):
    """A log does not shrink, and has no future."""
    ask = lambda **sizes: anonymous.get("log/consistency", sizes)  # noqa: E731 - three calls
    assert code(ask(**{"from": "8", "to": "3"}), 400) == "TREE_SIZES_BACKWARDS"
    assert code(ask(**{"from": "9"}), 400) == "TREE_SIZE_IN_THE_FUTURE"
    assert code(ask(**{"from": "3", "to": "9"}), 400) == "TREE_SIZE_IN_THE_FUTURE"
    assert code(ask(to="3"), 400) == "FIELD_MISSING"


def test_receipt_is_there_at_the_commit(log, auditor):
    """Before anything is logged, and what it promises is what is logged then."""
    outcome = moved(log, log.at_home.operator_a, log.at_home.operator_b, 1)
    answer = auditor.get(f"transactions/{outcome.transaction_id}/receipt")
    said = receipt.read(answer.json())
    assert (said.posting, said.transaction) == (outcome.posting_id, outcome.transaction_id)
    assert said.log_by == said.recorded_at + timedelta(seconds=60)
    log_all(log)
    proof = auditor.get(f"log/postings/{outcome.posting_id}/proof").json()
    assert proof["leaf_hash"] == said.leaf_hash.hex()
    again = receipt.read(auditor.get(f"transactions/{outcome.transaction_id}/receipt").json())
    assert again.leaf_hash == said.leaf_hash


def test_receipt_is_verified_elsewhere(log, auditor):
    """With the published keys alone; after one character is changed it is not."""
    outcome = moved(log, log.at_home.operator_a, log.at_home.operator_b, 1)
    data = auditor.get(f"transactions/{outcome.transaction_id}/receipt").content
    published = json.dumps(key_list.document(every_key())).encode()
    keys = key_list.parse(published)
    assert verification.verify(data, keys).holds
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 1
        assert not verification.verify(bytes(changed), keys).holds


def test_leaf_has_the_digest_of_the_posting(log, auditor):
    """Whoever may read a transaction can compute its leaf from the canonical bytes."""
    outcome = moved(log, log.at_home.operator_a, log.at_home.operator_b, 1)
    log_all(log)
    data = auditor.get(f"transactions/{outcome.transaction_id}/posting").content
    entry = json.loads(auditor.get(f"log/postings/{outcome.posting_id}/proof").json()["entry"])
    assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert entry["subject"] == str(outcome.posting_id)


def test_receipts_are_for_those_who_may_read_the_transaction(log, anonymous, auditor):
    """Others do not learn whether there is such a transaction."""
    outcome = moved(log, log.at_home.operator_a, log.at_home.operator_b, 1)
    for name in ("receipt", "posting"):
        address = f"transactions/{outcome.transaction_id}/{name}"
        assert code(anonymous.get(address), 401) == "NO_ACTOR"
        assert auditor.get(address)["Cache-Control"] == "private, no-cache"
        assert code(auditor.get(f"transactions/999999/{name}"), 404) == "UNKNOWN_TRANSACTION"


def test_transaction_without_a_posting_has_no_receipt(log, auditor):
    """A freeze moves nothing."""
    line = Line(log.at_home.operator_a, None, log.kau.pk, 1)
    frozen = freeze(actor=log.administrator_1, lines=[line], key=log.key(), at=log.at)
    for name in ("receipt", "posting"):
        answer = auditor.get(f"transactions/{frozen.transaction_id}/{name}")
        assert code(answer, 404) == "NO_POSTING"


def test_receipt_without_a_key(world, auditor):
    """The node says that it can not sign, and nothing else goes wrong."""
    stock(world, operator_a=10)
    outcome = moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
    answer = auditor.get(f"transactions/{outcome.transaction_id}/receipt")
    assert code(answer, 503) == "NO_KEY_IN_FORCE"


def test_every_checkpoint_follows_from_the_one_before(log, anonymous):
    """Whoever has kept them all finds one history."""
    for _round in range(3):
        moved(log, log.at_home.operator_a, log.at_home.operator_b, 1)
        log_all(log)
    sizes = list(Checkpoint.objects.order_by("pk").values_list("pk", flat=True))
    assert sizes == [0, 3, 8, 9, 10, 11]
    for old, new in itertools.pairwise(sizes):
        roots = [
            opened(anonymous.get(f"log/checkpoints/{size}").content).root for size in (old, new)
        ]
        answer = anonymous.get("log/consistency", {"from": str(old), "to": str(new)})
        proofs.consistency(
            old=old, new=new, old_root=roots[0], new_root=roots[1], proof=hashes(answer)
        )


def test_receipts_are_signed_now(log, auditor):
    """The moment of signing is that of asking, by the clock of the node."""
    outcome = moved(log, log.at_home.operator_a, log.at_home.operator_b, 1)
    before = timezone.now()
    said = receipt.read(auditor.get(f"transactions/{outcome.transaction_id}/receipt").json())
    assert before <= said.signed_at <= timezone.now()
