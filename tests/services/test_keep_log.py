"""The log keeps up with the ledger: every posting once, in order, in bounded portions."""

import hashlib
import json
import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from config.embedded.layout import PROJECT
from registry import appending, canonical_posting, posting_leaves
from registry.errors import KeyUnavailable
from registry.lines import Line
from registry.log import verification as proofs
from registry.log.hashing import leaf_hash
from registry.models import Checkpoint, LogLeaf, LogTile, Position, Posting
from registry.selectors import log
from registry.services import append_leaves, keep_log
from registry.services.allocate import allocate
from registry.services.make_checkpoint import make_checkpoint
from registry.services.sequence import sequence_postings
from registry.services.signing_keys import ensure_keys, revoke_key
from registry.services.surrender import surrender
from registry.services.transfer import deliver
from registry.tasks import close_log as close
from registry.tasks import sequence_postings as task
from tests.log import trees
from tests.world import complete, moved, open_operators, stock


def sequenced(world, home, count):
    """Postings with positions, one of which is the stock."""
    for _posting in range(count):
        moved(world, home.operator_a, home.operator_b, 1)
    sequence_postings()


def hashes():
    return [
        bytes(value) for value in LogLeaf.objects.order_by("pk").values_list("leaf_hash", flat=True)
    ]


def tiles():
    rows = LogTile.objects.values_list("level", "number", "hashes")
    return {(level, number): bytes(value) for level, number, value in rows}


def clock():
    return timezone.now()


@pytest.fixture
def keyed(world):
    ensure_keys(at=world.at)
    return world


def test_postings_are_logged_in_the_order_of_positions(world, home):
    """Leaf 0 is of position 1, and so on; what has no position waits."""
    sequenced(world, home, 4)
    moved(world, home.operator_a, home.operator_b, 1)
    assert append_leaves.append_batch() == 5
    assert append_leaves.append_batch() == 0
    order = list(Position.objects.order_by("pk").values_list("posting", flat=True))
    assert list(LogLeaf.objects.order_by("pk").values_list("posting", flat=True)) == order
    assert list(LogLeaf.objects.order_by("pk").values_list("pk", flat=True)) == [*range(5)]


def test_leaf_is_of_the_canonical_bytes(world, home):
    """Its digest and its hash can be derived again at any time."""
    sequenced(world, home, 2)
    append_leaves.append_batch()
    for leaf in LogLeaf.objects.select_related("posting"):
        said = canonical_posting.posting_bytes(leaf.posting_id)
        assert bytes(leaf.digest) == hashlib.sha256(said).digest()
        assert bytes(leaf.leaf_hash) == leaf_hash(log.entry(leaf))


def test_many_postings_are_derived_as_one_is(world, home):
    """One path for single and for bulk: the same bytes, whatever else is derived with them."""
    lines = [Line(home.operator_a, None, world.kau.pk, 5, period="2025")]
    proposed = surrender(actor=world.administrator_1, lines=lines, key="s", at=world.at)
    complete(world, proposed)
    sequenced(world, home, 3)
    numbers = list(Posting.objects.values_list("pk", flat=True))
    together = canonical_posting.documents(numbers)
    assert list(together) == numbers
    assert together == {n: canonical_posting.document(n) for n in numbers}
    assert canonical_posting.documents([999_999]) == {}


@pytest.mark.parametrize("size", [1, 2, 7])
def test_tree_grows_with_every_batch(world, home, monkeypatch, size):
    """However the leaves come, the tiles are those of the tree over all of them."""
    monkeypatch.setattr(append_leaves, "BATCH", size)
    sequenced(world, home, 8)
    while append_leaves.append_batch():
        assert tiles() == trees.tiles_over(hashes())
    assert len(hashes()) == 9


def test_tiles_that_become_full_are_hashed_above(world, home):
    """Across the borders of tiles and of levels, in one statement and in several."""
    sequenced(world, home, 600)
    numbers = list(Position.objects.order_by("pk").values_list("posting", flat=True))
    for start, end in ((0, 255), (255, 256), (256, 257), (257, 600), (600, 601)):
        appending.append_leaves(start, posting_leaves.leaves(numbers[start:end]))
        assert tiles() == trees.tiles_over(hashes())
        assert log.root(end) == trees.root(hashes())
    assert sorted(tiles()) == [(0, 0), (0, 1), (0, 2), (1, 0)]


def test_batches_are_bounded_by_blocks(world, home, monkeypatch):
    """A posting with many blocks is logged alone, and those with few together."""
    stock(world, operator_a=1000)
    operators = open_operators(world, 30)
    lines = [Line(home.operator_a, operator, world.kau.pk, 1) for operator in operators]
    deliver(actor=world.administrator_1, lines=lines, key="many", at=world.at)
    sequenced(world, home, 2)
    monkeypatch.setattr(append_leaves, "BLOCKS", 20)
    counts = []
    while count := append_leaves.append_batch():
        counts.append(count)
    assert counts == [2, 1, 2]


def test_someone_who_was_first_is_noticed(world, home):
    """Leaves for an index that is taken are not written."""
    sequenced(world, home, 1)
    numbers = list(Position.objects.order_by("pk").values_list("posting", flat=True))
    leaves = posting_leaves.leaves(numbers)
    assert appending.append_leaves(0, leaves[:1]) == 1
    assert appending.append_leaves(0, leaves[1:]) == 1
    assert LogLeaf.objects.count() == 1


def test_checkpoints_come_every_few_seconds(keyed, home, monkeypatch):
    """At once when the last one is old, and not twice in a moment."""
    assert keep_log.keep_log(clock) == 0
    assert [*Checkpoint.objects.values_list("pk", flat=True)] == [0]
    sequenced(keyed, home, 2)
    assert keep_log.keep_log(clock) == 3
    assert Checkpoint.objects.count() == 1
    # The schedule adds a second, and with it a checkpoint comes at least every ten.
    assert keep_log.EVERY + timedelta(seconds=1) < timedelta(seconds=10)
    monkeypatch.setattr(keep_log, "EVERY", timedelta(milliseconds=200))
    time.sleep(0.25)
    assert keep_log.keep_log(clock) == 0
    assert log.latest().size == 3
    time.sleep(0.25)
    assert keep_log.keep_log(clock) == 0
    assert Checkpoint.objects.count() == 2


def test_a_clock_that_is_wrong_delays_no_checkpoint(keyed, home, monkeypatch):
    """Postings are recorded by the database's clock, and what is promised of them is kept by it."""
    keep_log.keep_log(clock)
    monkeypatch.setattr(keep_log, "EVERY", timedelta(milliseconds=200))
    for minutes in (-5, 5):
        size = log.latest().size
        moved(keyed, home.operator_a, home.operator_b, 1)
        time.sleep(0.25)
        sequence_postings()
        keep_log.keep_log(lambda minutes=minutes: clock() + timedelta(minutes=minutes))
        assert log.latest().size > size


def test_long_work_is_signed_in_between(keyed, home, monkeypatch):
    """A log that catches up makes checkpoints before it has caught up."""
    monkeypatch.setattr(append_leaves, "BATCH", 2)
    monkeypatch.setattr(keep_log, "EVERY", timedelta(0))
    sequenced(keyed, home, 5)
    keep_log.keep_log(clock)
    assert [*Checkpoint.objects.order_by("pk").values_list("pk", flat=True)] == [2, 4, 6]


def test_closing_signs_everything(keyed, home):
    """Before the node stops nothing is left that was promised, however fresh the checkpoint is."""
    sequenced(keyed, home, 1)
    keep_log.keep_log(clock)
    moved(keyed, home.operator_a, home.operator_b, 1)
    close()
    assert log.lag() == log.Lag(0, None)
    assert log.latest().size == 3


def test_posting_of_ten_thousand_lines(keyed, home):
    """It is one small leaf like every other."""
    stock(keyed, government=10_000)
    operators = open_operators(keyed, 100)
    government = keyed.at_home.government
    lines = [Line(government, operators[n % 100], keyed.kau.pk, 1) for n in range(10_000)]
    proposed = allocate(actor=keyed.administrator_1, lines=lines, key="many", at=keyed.at)
    posting_id = complete(keyed, proposed).posting_id
    sequence_postings()
    while append_leaves.append_batch():
        pass
    assert len(canonical_posting.posting_bytes(posting_id)) > 900_000
    leaf = LogLeaf.objects.select_related("posting").get(posting=posting_id)
    assert len(log.entry(leaf)) < 300
    make_checkpoint(at=keyed.at)
    found = log.inclusion(leaf)
    proofs.inclusion(
        index=leaf.pk,
        size=found.size,
        leaf=bytes(leaf.leaf_hash),
        proof=found.hashes,
        root=bytes(log.latest().root),
    )


def test_log_grows_without_its_key(world, home, caplog):
    """Nothing is signed, the reason is told, and later everything is covered."""
    sequenced(world, home, 2)
    with pytest.raises(KeyUnavailable) as refused:
        keep_log.keep_log(clock)
    assert refused.value.code == "NO_KEY_IN_FORCE"
    assert LogLeaf.objects.count() == 3
    moved(world, home.operator_a, home.operator_b, 1)
    task()
    assert LogLeaf.objects.count() == 4
    assert "the log is not signed" in caplog.text
    ensure_keys(at=world.at)
    task()
    assert log.latest().size == 4


def test_a_node_whose_clock_is_slow_signs_with_its_youngest_key(world, home, monkeypatch):
    """The key is not yet in force by the node's clock; by the database's it is."""
    ensure_keys(at=timezone.now())
    sequenced(world, home, 2)
    slow = timezone.now() - timedelta(minutes=5)
    monkeypatch.setattr(timezone, "now", lambda: slow)
    task()
    assert log.latest().size == 3


def test_a_revoked_key_signs_no_checkpoint(keyed, home):
    """The log waits for the next key."""
    make_checkpoint(at=keyed.at)
    key = log.latest().key
    now = timezone.now()
    revoke_key(actor=keyed.system, key_id=key.key_id, reason="lost", at=now)
    sequenced(keyed, home, 1)
    append_leaves.append_batch()
    with pytest.raises(KeyUnavailable):
        make_checkpoint(at=timezone.now())
    assert log.latest().size == 0


def test_lag_is_what_no_checkpoint_covers(keyed, home):
    """From the commit until a checkpoint, with and without a position or a leaf."""
    make_checkpoint(at=keyed.at)
    assert log.lag().uncovered == 1
    for step in (sequence_postings, append_leaves.append_batch):
        step()
        lag = log.lag()
        assert lag.uncovered == 1 and lag.oldest > timedelta(0)
    make_checkpoint(at=keyed.at)
    assert log.lag() == log.Lag(0, None)


@pytest.fixture
def home(world):
    stock(world, operator_a=1000)
    return world.at_home


@pytest.mark.slow
def test_killed_at_every_step(fresh_database):
    """kill -9 before and after each statement and commit: no gap, no double, no half of a tree.

    The next run goes on, and in the end every posting is logged and covered.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.services.log_killing", fresh_database.name],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    assert told["killed"] > 40
    assert told["postings"] == told["leaves"] == told["covered"]
