"""Several processes that keep the log at once: one log, and the second waits."""

import threading
from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest
from django.db import connections
from django.utils import timezone

from registry import appending, turns
from registry.log import merkle
from registry.models import Checkpoint, LogLeaf
from registry.selectors import log
from registry.services import append_leaves, keep_log
from registry.services.sequence import sequence_postings
from registry.services.signing_keys import ensure_keys
from tests.concurrency.racing import race, rewrite, won
from tests.log import trees
from tests.world import moved, stock

LOCK = "PERFORM pg_advisory_xact_lock(hashtext('registry_log'));"


@pytest.fixture
def home(fresh_database, world):
    ensure_keys(at=world.at)
    stock(world, operator_a=1000)
    return world.at_home


def _sequenced(world, home, count):
    for _posting in range(count):
        moved(world, home.operator_a, home.operator_b, 1)
    sequence_postings()


def _sound():
    rows = list(LogLeaf.objects.order_by("pk").values_list("pk", "posting__place", "leaf_hash"))
    hashes = [bytes(leaf_hash) for _index, _position, leaf_hash in rows]
    dense = [(n, n + 1) for n in range(len(rows))]
    return [row[:2] for row in rows] == dense and log.root(len(rows)) == trees.root(hashes)


def test_two_keepers_share_the_work(world, home, monkeypatch):
    """Each posting is logged once, whoever comes first, and checkpoints go forward."""
    monkeypatch.setattr(append_leaves, "BATCH", 3)
    monkeypatch.setattr(keep_log, "EVERY", timedelta(0))

    def keep(_trial):
        return keep_log.keep_log(timezone.now)

    def write(_trial):
        moved(world, home.operator_a, home.operator_b, 1)
        sequence_postings()

    outcomes = race(20, keep, keep, write, write)
    assert all(won(outcome) for trial in outcomes for outcome in trial), outcomes
    sequence_postings()
    keep_log.keep_log(timezone.now)
    assert LogLeaf.objects.count() == 41 and _sound()
    sizes = list(Checkpoint.objects.order_by("at", "size").values_list("size", flat=True))
    assert sizes == sorted(set(sizes)) and sizes[-1] == 41


def test_the_second_waits_for_the_first(world, home, fresh_database):
    """While one appends, the other does nothing, and then finds nothing left to do."""
    _sequenced(world, home, 3)
    done = []

    def keep():
        done.append(append_leaves.append_batch())
        connections.close_all()

    with closing(psycopg2.connect(fresh_database.owner_url)) as first:
        first.cursor().execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [appending.TURN])
        second = threading.Thread(target=keep, daemon=True)
        second.start()
        _until_somebody_waits(fresh_database)
        assert done == [] and LogLeaf.objects.count() == 0
        first.rollback()
        second.join(20)
    assert done == [4]


def _until_somebody_waits(fresh_database):
    with closing(psycopg2.connect(fresh_database.superuser_url)) as watcher:
        watcher.autocommit = True
        cursor = watcher.cursor()
        waiting = 0
        while not waiting:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE d.datname = %s AND l.locktype = 'advisory' AND NOT l.granted",
                [fresh_database.name],
            )
            (waiting,) = cursor.fetchone()


def test_without_the_turn_two_keepers_collide(world, home, monkeypatch):
    """Control: both derive the same leaves, and one of them fails."""
    monkeypatch.setattr(turns, "take", lambda name: None)
    rewrite(
        "registry_append_leaves",
        (LOCK, ""),
        # The first keeps its leaves uncommitted until the second has tried to write them too.
        ("PERFORM registry_grow_tiles", "PERFORM pg_sleep(0.3); PERFORM registry_grow_tiles"),
    )
    _sequenced(world, home, 3)
    outcomes = race(
        1, lambda _trial: append_leaves.append_batch(), lambda _trial: append_leaves.append_batch()
    )
    assert not all(won(outcome) for trial in outcomes for outcome in trial)
    assert _sound()


def test_proofs_hold_while_the_log_grows(world, home, monkeypatch):
    """A reader that asks again and again never gets a proof that leads astray."""
    _sequenced(world, home, 300)
    monkeypatch.setattr(append_leaves, "BATCH", 7)
    monkeypatch.setattr(keep_log, "EVERY", timedelta(0))
    keep_log.append_batch()
    keep_log.make_checkpoint(at=timezone.now())

    def read(_trial):
        proof = log.inclusion(log.leaf_at(3))
        hashes = [
            bytes(row)
            for row in LogLeaf.objects.order_by("pk").values_list("leaf_hash", flat=True)[
                : proof.size
            ]
        ]
        return proof.hashes == merkle.inclusion(3, proof.size, trees.reader(hashes))

    def grow(_trial):
        keep_log.append_batch()
        keep_log.make_checkpoint(at=timezone.now())

    outcomes = race(20, read, grow, read)
    assert all(outcome is not False and won(outcome) for trial in outcomes for outcome in trial)
    assert log.latest().size > 100
