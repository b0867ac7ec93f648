"""The peers' ledgers move units, and their checks see what is wrong with them."""

import psycopg2
import pytest

from benchmarks import configuration, databases, server
from benchmarks.configuration import GuaranteeOff
from benchmarks.contender import UnitsLost, nonzero
from benchmarks.peers.balance_ledger import BalanceLedger
from benchmarks.peers.event_table import EventTable
from benchmarks.peers.orm import ObjectRelational
from benchmarks.peers.serial_block import SerialBlock
from benchmarks.tally import Tally
from tests.benchmarks.asking import rolled_back


@pytest.fixture(scope="module")
def loaded(running, request):
    """A contender with its database loaded, as a round would find it."""
    contender = request.param(running)
    databases.create(running, contender.database)
    contender.load(contender.database)
    return contender


@pytest.fixture
def ask(loaded):
    """Runs statements in a transaction of the test."""
    with rolled_back(loaded.server, loaded.database) as asked:
        yield asked


@pytest.mark.parametrize("loaded", [SerialBlock], indirect=True)
def test_a_transfer_of_l_splits_a_block_and_journals_both_sides(ask):
    """The lowest serials go; the rest stays; balances follow; all rules hold."""
    ask("SELECT transfer(1, 2, 1, 30)")
    blocks = "SELECT account_id, serials::text FROM block WHERE account_id < 3"
    assert ask(f"{blocks} ORDER BY block.serials") == [
        (2, "[1,31)"),
        (1, "[31,100000001)"),
        (2, "[100000001,200000001)"),
    ]
    entries = "SELECT account_id, serials::text, quantity FROM entry ORDER BY account_id"
    assert ask(entries) == [(1, "[1,31)", -30), (2, "[1,31)", 30)]
    balances = "SELECT quantity FROM balance WHERE account_id < 3 ORDER BY account_id"
    assert ask(balances) == [(99_999_970,), (100_000_030,)]
    assert nonzero(ask, SerialBlock.rules) == []


@pytest.mark.parametrize("loaded", [SerialBlock], indirect=True)
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT transfer(1, 2, 1, 100000001)", "has no block of 100000001 units"),
        ("UPDATE balance SET quantity = -1 WHERE account_id = 1", "balance_not_negative"),
        (
            "INSERT INTO block (account_id, unit_type, serials) VALUES (1, 1, '[5,6)')",
            "blocks_do_not_overlap",
        ),
        ("INSERT INTO entry VALUES (1, 1, '[5,6)', 1)", "entry_transfer_id_fkey"),
    ],
)
def test_l_refuses_what_its_constraints_promise(ask, statement, reason):
    """Its guarantees are on: no block too small, no negative balance, no overlap."""
    with pytest.raises(psycopg2.Error, match=reason):
        ask(statement)


SERIAL_CORRUPTIONS = {
    "units more or less than issued": "DELETE FROM block WHERE id = 1",
    "balances that differ from the blocks": "UPDATE balance SET quantity = 5 WHERE account_id = 1",
    "overlapping blocks": """
        ALTER TABLE block DROP CONSTRAINT blocks_do_not_overlap;
        UPDATE block SET serials = '[2,100000002)' WHERE id = 1""",
    "transfers whose entries do not sum to zero": "UPDATE entry SET quantity = 7",
}


@pytest.mark.parametrize("loaded", [SerialBlock], indirect=True)
@pytest.mark.parametrize("rule", SERIAL_CORRUPTIONS)
def test_each_rule_of_serial_blocks_sees_its_corruption(ask, rule):
    """A check that cannot fail proves nothing: every rule is broken once."""
    ask("SELECT transfer(1, 2, 1, 30)")
    ask("SET CONSTRAINTS ALL IMMEDIATE")
    ask(SERIAL_CORRUPTIONS[rule])
    found = nonzero(ask, SerialBlock.rules)
    assert any(violation.startswith(rule) for violation in found)


BALANCE_CORRUPTIONS = {
    "units more or less than issued": "UPDATE account SET balance = 5 WHERE id = 1",
    "accounts whose balance is not their last entry": """
        UPDATE account SET balance = balance + 5 WHERE id = 1;
        UPDATE account SET balance = balance - 5 WHERE id = 2""",
    "entries that share a version of an account": "UPDATE entry SET account_id = 1",
    "transfers whose entries do not sum to zero": "UPDATE entry SET amount = 7",
}


@pytest.mark.parametrize("loaded", [BalanceLedger], indirect=True)
@pytest.mark.parametrize("rule", BALANCE_CORRUPTIONS)
def test_each_rule_of_the_balance_ledger_sees_its_corruption(ask, rule):
    """As above, for the ledger without serials; before the corruption all rules hold."""
    ask("SELECT transfer(1, 2, 30)")
    assert nonzero(ask, BalanceLedger.rules) == []
    ask(BALANCE_CORRUPTIONS[rule])
    found = nonzero(ask, BalanceLedger.rules)
    assert any(violation.startswith(rule) for violation in found)


@pytest.mark.parametrize("loaded", [ObjectRelational], indirect=True)
def test_the_orm_makes_what_l_makes(loaded):
    """Its processes leave a ledger that the rules of L accept, with every transfer in it."""
    tally = loaded.run(loaded.database, seconds=1)
    assert tally.acknowledged == loaded.recorded(loaded.database) > 0
    with rolled_back(loaded.server, loaded.database) as ask:
        assert nonzero(ask, loaded.rules) == []


@pytest.mark.slow
@pytest.mark.parametrize("loaded", [EventTable], indirect=True)
def test_the_event_table_sells_the_same_units_twice(loaded, running):
    """Both buyers of 600 out of 1,000 are told that they got them: why it is called not safe."""
    databases.create(running, loaded.template)
    loaded.load(loaded.template)
    assert loaded.pairs_that_both_succeed() > 0


def test_an_acknowledged_transfer_that_is_not_there_fails_the_round(running):
    """One acknowledgement too many is a lost transfer."""

    class Forgetful(SerialBlock):
        name = "forgetful"

        def run(self, database, *, seconds):
            self.server.query(database, "SELECT transfer(1, 2, 1, 30)")
            return Tally(rate=1.0, acknowledged=2)

    contender = Forgetful(running)
    databases.create(running, contender.template)
    contender.load(contender.template)
    with pytest.raises(UnitsLost, match="2 transfers were acknowledged, 1 found"):
        contender.round(seconds=1)


def test_units_that_vanish_fail_the_round(running):
    """The rules are asked after every round."""

    class Careless(SerialBlock):
        name = "careless"

        def run(self, database, *, seconds):
            self.server.query(database, "DELETE FROM block WHERE account_id = 5")
            return Tally(rate=1.0, acknowledged=0)

    contender = Careless(running)
    databases.create(running, contender.template)
    contender.load(contender.template)
    with pytest.raises(UnitsLost, match="units more or less than issued: -100000000;"):
        contender.round(seconds=1)


@pytest.mark.parametrize("role", [server.OWNER, server.APPLICATION, server.SUPERUSER])
def test_a_server_without_its_guarantees_is_not_measured(running, role):
    """A setting of a role in one database is enough to be refused."""
    name = "bench_unsafe"
    databases.create(running, name)
    running.query(
        "postgres",
        f"ALTER ROLE {role} IN DATABASE {name} SET synchronous_commit = off",
        role=server.SUPERUSER,
    )
    with pytest.raises(GuaranteeOff, match="synchronous_commit"):
        configuration.refuse_without_guarantees(running, name)


def test_only_databases_of_the_benchmarks_are_dropped(running):
    """A measure can never drop a ledger."""
    with pytest.raises(ValueError, match="concord is not a database of the benchmarks"):
        databases.drop(running, "concord")
