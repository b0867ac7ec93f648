"""The measures of the log: they measure the log that a node keeps."""

import pytest

from benchmarks import databases
from benchmarks.concord import log, node
from benchmarks.concord.transfer import Service
from benchmarks.server import SUPERUSER


@pytest.fixture
def small(monkeypatch):
    for kind in (Service, log.Kept):
        monkeypatch.setattr(kind, "accounts", 10)
        monkeypatch.setattr(kind, "processes", 1)


@pytest.mark.slow
def test_growth_counts_leaves_and_their_bytes(running, small):
    """Everything that the load made is logged, and the tables of the log are what is weighed."""
    figures = log.growth(running, rounds=1, seconds=1)
    assert figures["leaves"].median > 10
    assert figures["leaves"].cpu[0] > 0
    assert figures["leaf_bytes"].median > 100


def test_tree_of_the_proofs_is_one(running):
    """It has as many hashes as leaves, the database's own root, and a checkpoint over it."""
    node.make(running, log.DATABASE)
    log._work(running, log.DATABASE, "keys")
    leaves = 66_000
    levels = "".join(log.LEVEL.format(level=level) for level in (1, 2))
    script = log.TREE.format(leaves=leaves, asked=log.ASKED, levels=levels)
    running.query(log.DATABASE, script, role=SUPERUSER)
    widths = running.query(
        log.DATABASE,
        "SELECT level, sum(octet_length(hashes)) / 32 FROM registry_logtile GROUP BY 1 ORDER BY 1",
    )
    assert widths == [(0, leaves), (1, leaves // 256), (2, leaves // 65_536)]
    asked = "SELECT count(*), max(index) FROM registry_logleaf"
    assert running.query(log.DATABASE, asked) == [(log.ASKED, leaves - 1)]
    said = log._work(running, log.DATABASE, "prove", 0.2)
    assert said["took_ms"] and said["client_seconds"] > 0
    databases.drop(running, log.DATABASE)


@pytest.mark.slow
def test_log_is_kept_beside_the_transfers(running, small):
    """With the keeper there are leaves afterwards, without it there is none."""
    found = {}
    for kind in (log.Unlogged, log.Logged):
        contender = kind(running)
        contender.prepare()
        databases.copy(running, contender.template, contender.database)
        before = "SELECT count(*) FROM registry_logleaf"
        (count,) = running.query(contender.database, before)[0]
        contender.measure(seconds=3)
        found[kind.keeps] = running.query(contender.database, before)[0][0] - count
        contender.refuse_violations()
        contender.finish()
    assert found["sequence"] == 0
    assert found["log"] > 0
