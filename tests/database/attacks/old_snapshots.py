"""Attacks that read from the past: with an old snapshot a guard would not see what others have
committed meanwhile, a freeze of the very units that it lets go, for example."""

from tests.database.attack import attack
from tests.database.attacker import Expression

READ_COMMITTED = "ledger_is_written_at_read_committed"


@attack(READ_COMMITTED, trigger="posting_is_stamped", stale=True)
def posting(db):
    db.execute("INSERT INTO registry_posting (id, transaction_id, kind) VALUES (9999, 1, 'move')")


@attack(READ_COMMITTED, trigger="transaction_state_follows_the_table", stale=True)
def end_of_a_transaction(db):
    db.execute("UPDATE registry_transaction SET status = 7 WHERE id = %s", db.facts.waiting)


@attack(READ_COMMITTED, trigger="approval_is_not_by_the_proposer", stale=True)
def approval(db):
    db.approval(db.facts.waiting)


@attack(READ_COMMITTED, trigger="mark_is_on_units_that_the_account_holds", stale=True)
def freeze(db):
    standing = "released_at IS NULL AND kind = 'freeze'"
    account = db.world.at_home.operator_a
    db.copy("mark", standing, account_id=account, first=101, last=110)


@attack(READ_COMMITTED, trigger="account_is_closed_empty", stale=True, permitted=True)
def closing_of_an_account(db):
    db.execute(
        "UPDATE registry_account SET status = 'closed', closed_at = now() WHERE id = %s",
        db.world.at_home.auction,
    )


@attack(READ_COMMITTED, trigger="position_is_dense", stale=True)
def position(db):
    head = "position = (SELECT max(position) FROM registry_position)"
    unplaced = db.one("SELECT max(id) FROM registry_posting")
    db.copy("position", head, position=Expression('"position" + 1'), posting_id=unplaced)


@attack(
    READ_COMMITTED,
    trigger="issuance_signature_is_by_a_valid_key",
    stale=True,
    permitted=True,
)
def signature_of_an_issuance(db):
    db.copy("issuancesignature", "true")
