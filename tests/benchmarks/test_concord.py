"""Concord in the benchmarks: its ledgers are loaded through the services, and checked."""

import pytest

from benchmarks import databases
from benchmarks.concord import holdings, ledger, node, pages, single
from benchmarks.concord.growth import Growth
from benchmarks.concord.holdings import Holdings
from benchmarks.concord.rest import Rest, RestBatch, RestEach, lists
from benchmarks.concord.transfer import Bulk, Service
from benchmarks.contender import UnitsLost, nonzero
from benchmarks.databases import DiskTooSmall
from benchmarks.pgbench import LoadFailed
from benchmarks.server import SUPERUSER
from tests.benchmarks.asking import rolled_back

MARKET = f"{databases.PREFIX}market"


@pytest.fixture(scope="module")
def market(running):
    """A registry with ten accounts, a block in each, and a hundred transfers."""
    node.make(running, MARKET)
    arguments = ["--open", "--accounts=10", "--blocks=10", "--size=1000000", "--moves=100"]
    node.run(["-m", holdings.MARKET, *arguments], node.environment(running, MARKET))
    databases.settle(running, MARKET)
    return MARKET


@pytest.fixture
def small(monkeypatch):
    """Ledgers of ten accounts, so that a test loads them in a moment."""
    monkeypatch.setattr(holdings, "ACCOUNTS", 10)
    monkeypatch.setattr(Growth, "accounts", 10)
    monkeypatch.setattr(Service, "processes", 2)


def test_the_market_is_whole(running, market):
    """Ten blocks were issued, a hundred lines moved, and no rule is broken."""
    assert ledger.moved_lines(running, market) == 100
    assert violations(running, market) == []
    issued = "SELECT sum(last - first + 1) FROM registry_issuance"
    assert running.query(market, issued) == [(10_000_000,)]


CORRUPTIONS = {
    "units more or less than issued": """
        UPDATE registry_holding SET last = last - 1 WHERE id = (
            SELECT max(id) FROM registry_holding WHERE closed_by_id IS NULL)""",
    "overlapping holdings": """
        UPDATE registry_holding SET first = first - 1 WHERE id = (
            SELECT id FROM registry_holding WHERE closed_by_id IS NULL
            ORDER BY first DESC LIMIT 1)""",
    "postings whose holdings do not balance": """
        UPDATE registry_holding SET last = last - 1 WHERE id = (
            SELECT min(id) FROM registry_holding WHERE closed_by_id IS NOT NULL)""",
    "completed transactions without their posting": """
        DELETE FROM registry_posting WHERE id = (SELECT max(id) FROM registry_posting)""",
    "accounts that did not gain what the lines say": """
        UPDATE registry_holding SET account_id = 1 WHERE id = (
            SELECT max(id) FROM registry_holding WHERE closed_by_id IS NULL AND account_id > 5)""",
}


OFF = "".join(
    f"ALTER TABLE registry_{name} DISABLE TRIGGER ALL;" for name in ("holding", "posting")
)


def violations(running, database):
    return nonzero(lambda sql: running.query(database, sql), ledger.RULES)


@pytest.mark.parametrize("rule", CORRUPTIONS)
def test_each_rule_sees_its_corruption(running, market, rule):
    """Made by the superuser with every trigger and foreign key off, and rolled back."""
    with rolled_back(running, market, role=SUPERUSER) as ask:
        ask(OFF + CORRUPTIONS[rule])
        found = nonzero(ask, ledger.RULES)
    assert any(violation.startswith(rule) for violation in found)


@pytest.mark.parametrize(
    ("contender", "lines"),
    [(Service, 1), pytest.param(Bulk, 50, marks=pytest.mark.slow)],
)
def test_acknowledged_transfers_are_found(running, market, monkeypatch, contender, lines):
    """A round through the service, with one line a call and with many."""
    monkeypatch.setattr(contender, "accounts", 10)
    monkeypatch.setattr(contender, "lines", lines)
    monkeypatch.setattr(contender, "processes", 2)
    racing = contender(running)
    databases.copy(running, market, racing.template)
    tally = racing.round(seconds=1)
    assert tally.rate > 0
    assert tally.acknowledged % lines == 0
    assert tally.client_cpu_ms > 0
    assert racing.database not in databases.names(running)


@pytest.mark.slow
def test_a_service_that_loses_a_unit_fails_the_round(running, market, monkeypatch):
    """The rules of the ledger are asked after the run, not only the number of transfers."""
    monkeypatch.setattr(Service, "accounts", 10)
    monkeypatch.setattr(Service, "processes", 1)

    class Leaking(Service):
        name = "leaking"

        def run(self, database, *, seconds):
            tally = super().run(database, seconds=seconds)
            rule = "units more or less than issued"
            self.server.query(database, OFF + CORRUPTIONS[rule], role=SUPERUSER)
            return tally

    racing = Leaking(running)
    databases.copy(running, market, racing.template)
    with pytest.raises(UnitsLost, match="leaking: units more or less than issued: -1"):
        racing.round(seconds=1)


def test_a_kept_ledger_is_loaded_once(running, small, monkeypatch):
    """A second run finds the template; another recipe makes it anew."""
    loaded = Holdings(running, 200, say=print)
    first = loaded.facts()
    made = "SELECT min(proposed_at) FROM registry_transaction"
    before = running.query(loaded.template, made)
    assert Holdings(running, 200, say=print).facts() == first
    assert running.query(loaded.template, made) == before

    monkeypatch.setattr(holdings, "MOVES", 50)
    assert Holdings(running, 200, say=print).facts()["recipe"] != first["recipe"]
    assert running.query(loaded.template, made) != before
    assert ledger.moved_lines(running, loaded.template) == 4


@pytest.mark.slow
def test_a_load_that_was_cut_off_is_not_kept(running, small, monkeypatch):
    """Only a complete template is described, so half of one is made again."""
    loaded = Holdings(running, 300, say=print)
    monkeypatch.setattr(holdings, "MARKET", "benchmarks.concord.no_such_module")
    with pytest.raises(LoadFailed, match="no_such_module"):
        loaded.facts()
    assert databases.description(running, loaded.template) is None
    monkeypatch.undo()
    monkeypatch.setattr(holdings, "ACCOUNTS", 10)
    loaded.facts()
    assert violations(running, loaded.template) == []


@pytest.mark.slow
def test_growth_runs_on_copies_of_kept_ledgers(running, small):
    """The template stays as it was loaded, and the copy goes."""
    held = Holdings(running, 200, say=print)
    racing = Growth("large", held)
    racing.prepare()
    moved = ledger.moved_lines(running, held.template)
    assert racing.round(seconds=1).acknowledged > 0
    racing.finish()
    assert ledger.moved_lines(running, held.template) == moved
    assert racing.database not in databases.names(running)
    assert "holdings/s" in racing.note


@pytest.mark.slow
def test_lookups_and_issuances_give_their_figures(running, small):
    """Each question and each size has its own figure."""
    ledgers = {"small": Holdings(running, 200, say=print)}
    found = single.lookup(ledgers, rounds=1, seconds=1)
    assert set(found) == {"holder_small", "history_small"}
    found |= single.issue(running, rounds=1, turns=3)
    found |= single.issuance(running, blocks=100, say=print)
    assert all(figure.median > 0 for figure in found.values())
    assert single.DATABASE not in databases.names(running)


@pytest.mark.slow
def test_pages_give_their_figures(running, small):
    """Each page and each size has its own figure, and nothing of it stays in the kept ledger."""
    held = Holdings(running, 200, say=print)
    found = pages.pages({"small": held}, rounds=1, seconds=1)
    assert set(found) == {"home_page_small", "account_page_small", "block_page_small"}
    assert all(figure.median > 0 for figure in found.values())
    assert violations(running, held.template) == []


def test_a_new_run_clears_what_another_left(running):
    """What is described was completed and is kept; the rest goes."""
    kept, left = f"{databases.PREFIX}kept", f"{databases.PREFIX}left"
    for name in (kept, left):
        databases.create(running, name)
    databases.describe(running, kept, {"it's": "complete"})
    databases.clear(running)
    assert databases.description(running, kept) == {"it's": "complete"}
    assert left not in databases.names(running)


def test_too_small_a_disk_is_named(running):
    """Nothing is begun that the disk can not hold; the error says what helps."""
    with pytest.raises(DiskTooSmall, match=r"--home, or fewer holdings with --holdings"):
        databases.require_room(running, 10**15)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "lines"), [(Rest, 1), (RestBatch, 5), (RestEach, 5)])
def test_requests_make_transfers(running, small, monkeypatch, kind, lines):
    """Over HTTP, with a key; what was acknowledged is in the ledger, and no rule is broken."""
    for name, value in (("accounts", 10), ("lines", lines), ("warm_up", 2), ("processes", 2)):
        monkeypatch.setattr(kind, name, value)
    contender = kind(running)
    contender.prepare()
    tally = contender.round(seconds=1)
    contender.finish()
    assert tally.acknowledged >= 4 * lines and tally.acknowledged % lines == 0
    assert tally.client_cpu_ms > 0 and tally.latency_ms["p99"] >= tally.latency_ms["p50"] > 0


@pytest.mark.slow
def test_first_pages_are_timed(running, small):
    """A page of a hundred holdings, of a ledger of two sizes."""
    ledgers = {
        "small": Holdings(running, 200, say=print),
        "large": Holdings(running, 400, say=print),
    }
    figures = lists(ledgers, rounds=1, seconds=1, say=print)
    assert figures.keys() == {"list_small", "list_large"}
    assert all(figure.median > 0 for figure in figures.values())
