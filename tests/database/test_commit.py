"""Attacks that count on the moment of the check: all that is deferred holds at COMMIT."""

import psycopg2
import pytest


def _commit_refused(attacker):
    with pytest.raises(psycopg2.Error) as caught:
        attacker.connection.commit()
    return caught.value.diag.constraint_name


def _count(attacker):
    return attacker.one("SELECT count(*) FROM registry_holding")


def test_closing_without_a_posting_fails_at_commit(owner):
    """A holding whose transaction gets no posting does not outlive its database transaction."""
    before = _count(owner)
    owner.execute("SET CONSTRAINTS ALL DEFERRED")
    block = owner.block(owner.world.at_home.operator_a, 101)
    owner.close(block, owner.draft())
    assert _commit_refused(owner) == "transaction_posting_exists"
    assert _count(owner) == before
    assert owner.block(owner.world.at_home.operator_a, 101) == block


def test_deferring_does_not_defer_the_check_of_a_posting(owner):
    """`SET CONSTRAINTS ALL DEFERRED` reaches foreign keys only; the posting is checked at once."""
    home = owner.world.at_home
    block = owner.block(home.operator_a, 101)
    draft = owner.draft()
    owner.execute("SET CONSTRAINTS ALL DEFERRED")
    owner.close(block, draft)
    owner.open(block, draft, account_id=home.operator_b, last=block.last - 1)
    with pytest.raises(psycopg2.Error) as caught:
        owner.post(draft)
    assert caught.value.diag.constraint_name == "posting_conserves_units"


def test_no_rule_of_the_ledger_can_be_deferred(owner):
    """Only references are deferrable; every other constraint is checked by its statement."""
    deferrable = owner.execute(
        "SELECT conname FROM pg_constraint WHERE condeferrable AND contype <> 'f'"
        " AND connamespace = 'public'::regnamespace"
        " UNION SELECT tgname FROM pg_trigger WHERE tgdeferrable AND NOT tgisinternal"
    ).fetchall()
    assert deferrable == []


def test_row_of_another_database_transaction_can_not_join(owner):
    """A holding written in one transaction is not completed by a posting of the next one."""
    draft = owner.draft()
    owner.open(owner.block(owner.world.at_home.operator_a, 101), draft, first=2001, last=2010)
    assert _commit_refused(owner) == "transaction_posting_exists"


def test_savepoint_does_not_hide_a_posting(owner):
    """Rows can not join a posting that was written in a savepoint, nor one that was undone."""
    home = owner.world.at_home
    block = owner.block(home.operator_a, 101)
    owner.execute("SAVEPOINT before_posting")
    draft = owner.move(block, home.operator_b)
    owner.execute("ROLLBACK TO before_posting")
    with pytest.raises(psycopg2.Error) as caught:
        owner.close(block, draft)
    assert caught.value.diag.constraint_name == "holding_closing_is_posted"


def test_replica_lets_orphans_through_and_nothing_else(replica):
    """Without foreign keys a transaction may name a posting that never comes; the rest is refused.

    The rows stay until the commit, which nothing stops; manage.py check_ledger is what finds
    them. Here they are rolled back, for other attacks share the ledger.
    """
    home = replica.world.at_home
    block = replica.block(home.operator_a, 101)
    replica.close(block, replica.draft())
    replica.open(block, replica.draft(), first=2001, last=2010)
    replica.immediate()
    assert replica.block(home.operator_a, 2001).last == 2010
    draft = replica.draft()
    with pytest.raises(psycopg2.Error) as caught:
        replica.post(draft)
    assert caught.value.diag.constraint_name == "posting_does_what_its_kind_says"
