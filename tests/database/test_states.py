"""Every step between two states of a transaction, tried: only those of the table are possible."""

import psycopg2
import pytest

STATES = (-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 30, 40)
# From waiting: completed, terminated, rejected, taken back, delayed, failed. From delayed:
# completed, terminated, cancelled by a person, failed. Completed transactions can be reversed.
POSSIBLE = {(0, 4), (0, 5), (0, 6), (0, 7), (0, 30), (0, -1)}
POSSIBLE |= {(30, 4), (30, 5), (30, 40), (30, -1), (4, 20)}
RULE = "transaction_state_follows_the_table"


def _refusal(attacker, statement, *parameters):
    attacker.execute("SAVEPOINT tried")
    try:
        attacker.execute(statement, *parameters)
    except psycopg2.Error as error:
        attacker.execute("ROLLBACK TO tried")
        return error.diag.constraint_name
    attacker.execute("ROLLBACK TO tried")
    return None


@pytest.mark.parametrize("before", STATES)
def test_steps_from_a_state(before, owner):
    """The steps that the table has are not refused by it, and all others are."""
    owner.execute(f"ALTER TABLE registry_transaction DISABLE TRIGGER {RULE}")
    owner.execute(
        "UPDATE registry_transaction SET status = %s WHERE id = %s", before, owner.facts.waiting
    )
    owner.execute(f"ALTER TABLE registry_transaction ENABLE ALWAYS TRIGGER {RULE}")
    step = "UPDATE registry_transaction SET status = %s WHERE id = %s"
    possible = {
        after
        for after in STATES
        if after != before and _refusal(owner, step, after, owner.facts.waiting) != RULE
    }
    assert possible == {after for start, after in POSSIBLE if start == before}


@pytest.mark.parametrize("state", STATES)
def test_states_in_which_a_transaction_begins(state, owner):
    """A transaction begins waiting, delayed or completed, in no other state."""
    with pytest.raises(psycopg2.Error) as caught:
        owner.copy("transaction", f"id = {owner.facts.waiting}", key="new", status=state)
        raise psycopg2.Error
    assert (caught.value.diag.constraint_name == RULE) == (state not in (0, 4, 30))
