"""Attacks on holdings and issuances, and on what ties them to their posting."""

from datetime import date

from tests.database.attack import attack
from tests.database.attacker import Expression

OPENED_BEFORE = {"trigger": "holding_is_opened_before_its_posting"}
CLOSED_ONCE = {"trigger": "holding_is_closed_once"}


def _block(db):
    return db.block(db.world.at_home.operator_a, 101)


@attack("holding_serials_are_in_range", **OPENED_BEFORE)
def serial_below_one(db):
    db.open(_block(db), db.draft(), first=0, last=10)


@attack("holding_serials_are_in_range", **OPENED_BEFORE)
def serial_above_the_last(db):
    db.open(_block(db), db.draft(), first=10**12, last=10**12 + 1)


@attack("holding_serials_are_in_range", **OPENED_BEFORE)
def block_that_ends_before_it_begins(db):
    db.open(_block(db), db.draft(), first=2000, last=1999)


@attack("holding_is_closed_by_a_later_posting", **CLOSED_ONCE)
def closed_by_the_posting_that_opened_it(db):
    draft = db.draft()
    id_ = db.open(_block(db), draft, first=2001, last=2010)
    db.execute(
        "UPDATE registry_holding SET closed_by_id = %s, closed_xid = pg_current_xact_id()"
        " WHERE id = %s",
        draft,
        id_,
    )


@attack("holding_changes_only_by_closing", **CLOSED_ONCE)
def closed_without_a_database_transaction(db):
    db.execute(
        "UPDATE registry_holding SET closed_by_id = %s WHERE id = %s", db.draft(), _block(db).id
    )


@attack("holding_open_starts_once")
def same_first_serial_twice(db):
    db.open(_block(db), db.draft(), account_id=db.world.at_home.operator_b)


@attack("holding_foreign_units_are_held_once")
def foreign_units_taken_in_twice(db):
    abroad = db.block(db.world.at_neighbour.operator, 601)
    message = db.message(db.world.home, db.world.neighbour, db.world.kau.pk, 610, 615)
    draft = db.draft("post_in")
    db.open(abroad, draft, first=610, last=615)
    db.post(draft, kind="post_in", message_id=message)


@attack("holding_opening_is_posted", **OPENED_BEFORE)
def opened_without_a_posting(db):
    db.open(_block(db), db.unposted(), first=2001, last=2010)


@attack("holding_closing_is_posted", **CLOSED_ONCE)
def closed_without_a_posting(db):
    db.close(_block(db), db.unposted())


@attack("holding_is_opened_before_its_posting", **OPENED_BEFORE)
def added_to_a_posting_of_this_transaction(db):
    home = db.world.at_home
    block = _block(db)
    draft = db.move(block, home.operator_b)
    db.open(block, draft, first=2001, last=2010)


@attack("holding_is_opened_before_its_posting", **OPENED_BEFORE)
def added_to_a_posting_of_the_past(db):
    earlier = db.one("SELECT max(id) FROM registry_posting")
    db.open(_block(db), earlier, first=2001, last=2010)


@attack("holding_is_opened_before_its_posting", **OPENED_BEFORE)
def added_in_the_statement_that_posts(db):
    draft = db.draft()
    block = _block(db)
    db.close(block, draft)
    db.open(block, draft)
    db.execute(
        "WITH posting AS (INSERT INTO registry_posting (id, transaction_id, kind, salt)"
        "   SELECT posting_id, id, 'move', decode(repeat('ab', 32), 'hex')"
        "   FROM registry_transaction WHERE posting_id = %s)"
        " INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,"
        "   issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)"
        " SELECT registry_id, unit_type_id, 2001, 2010, account_id, issuance_id, vintage_from,"
        "   is_foreign, %s, pg_current_xact_id() FROM registry_holding WHERE id = %s",
        draft,
        draft,
        block.id,
    )


@attack("holding_is_opened_open", **OPENED_BEFORE)
def opened_closed(db):
    draft = db.draft()
    db.open(
        _block(db),
        draft,
        first=2001,
        last=2010,
        closed_by_id=draft + 1,
        closed_xid=Expression("pg_current_xact_id()"),
    )


@attack("holding_names_its_database_transaction", **OPENED_BEFORE)
def opened_in_the_name_of_another_transaction(db):
    db.open(_block(db), db.draft(), first=2001, last=2010, opened_xid="3")


@attack("holding_is_closed_once", **CLOSED_ONCE)
def closed_twice(db):
    block = _block(db)
    db.close(block, db.draft())
    db.close(block, db.draft())


@attack("holding_is_closed_once", **CLOSED_ONCE)
def reopened(db):
    db.execute(
        "UPDATE registry_holding SET closed_by_id = NULL, closed_xid = NULL WHERE id ="
        " (SELECT min(id) FROM registry_holding WHERE closed_by_id IS NOT NULL)"
    )


@attack("holding_changes_only_by_closing", **CLOSED_ONCE)
def given_to_another_account(db):
    db.execute(
        "UPDATE registry_holding SET account_id = %s WHERE id = %s",
        db.world.at_home.operator_b,
        _block(db).id,
    )


@attack("holding_changes_only_by_closing", **CLOSED_ONCE)
def lengthened_while_it_is_closed(db):
    db.execute(
        "UPDATE registry_holding SET last = last + 1, closed_by_id = %s,"
        " closed_xid = pg_current_xact_id() WHERE id = %s",
        db.draft(),
        _block(db).id,
    )


@attack("holding_changes_only_by_closing", **CLOSED_ONCE)
def closed_in_the_name_of_another_transaction(db):
    db.execute(
        "UPDATE registry_holding SET closed_by_id = %s, closed_xid = '3' WHERE id = %s",
        db.draft(),
        _block(db).id,
    )


@attack("holding_is_closed_before_its_posting", **CLOSED_ONCE)
def closed_by_a_posting_of_this_transaction(db):
    home = db.world.at_home
    draft = db.move(_block(db), home.operator_b)
    db.close(db.block(home.operator_a, 1100), draft)


@attack("holding_is_closed_before_its_posting", **CLOSED_ONCE)
def closed_by_a_posting_of_the_past(db):
    db.close(_block(db), db.one("SELECT max(id) FROM registry_posting"))


@attack("issuance_serials_are_in_range")
def issued_past_the_last_serial(db):
    db.issue(db.draft("issue_at_once"), db.world.kcu.pk, 10**12, 10**12 + 1)


@attack("issuance_serials_are_in_range")
def issued_from_zero(db):
    db.issue(db.draft("issue_at_once"), db.world.kcu.pk, 0, 5)


@attack("issuance_vintage_is_an_interval")
def vintage_of_no_days(db):
    db.issue(db.draft("issue_at_once"), db.world.kcu.pk, 5001, 5010, vintage_to=date(2025, 1, 1))


@attack("issuance_serials_are_issued_once")
def serials_issued_again(db):
    db.issue(db.draft("issue_at_once"), db.world.kau.pk, 900, 1500)


@attack("issuance_fixes_type_and_vintage")
def two_issuances_of_one_id(db):
    # The primary key would refuse it first; without it, this key still does.
    db.execute("ALTER TABLE registry_issuance DROP CONSTRAINT registry_issuance_pkey CASCADE")
    existing = db.one("SELECT id FROM registry_issuance WHERE first = 1 AND last = 1000")
    db.issue(db.draft("issue_at_once"), db.world.kau.pk, 5001, 5010, id=existing)


@attack("issuance_is_posted", needs_keys=True)
def issued_without_a_posting(db):
    # The transaction names a posting that is not there either; ask about the issuance alone.
    db.issue(db.draft("issue_at_once"), db.world.kau.pk, 5001, 5010)
    db.execute("SET CONSTRAINTS issuance_is_posted IMMEDIATE")


@attack(
    "issuance_is_of_a_transaction_that_issues", trigger="issuance_is_written_before_its_posting"
)
def issued_by_a_delivery(db):
    db.issue(db.draft(), db.world.kau.pk, 5001, 5010)


@attack(
    "issuance_is_of_a_transaction_that_issues", trigger="issuance_is_written_before_its_posting"
)
def issued_by_nobody(db):
    db.issue(db.unposted(), db.world.kau.pk, 5001, 5010)


@attack("issuance_at_home_has_a_posting", trigger="issuance_is_written_before_its_posting")
def issued_with_half_a_posting(db):
    db.issue(None, db.world.kau.pk, 5001, 5010)


@attack("issuance_at_home_has_a_posting", trigger="issuance_is_written_before_its_posting")
def issued_at_home_by_nothing(db):
    db.issue(None, db.world.kau.pk, 5001, 5010, xid=None)


@attack("issuance_names_its_database_transaction", trigger="issuance_is_written_before_its_posting")
def issued_in_another_database_transaction(db):
    db.issue(db.draft("issue_at_once"), db.world.kau.pk, 5001, 5010, xid=Expression("'1'"))


@attack("issuance_is_written_before_its_posting", trigger="issuance_is_written_before_its_posting")
def issuance_added_to_a_posting(db):
    db.issue(
        db.one("SELECT max(id) FROM registry_posting WHERE kind = 'issue'"),
        db.world.kau.pk,
        5001,
        5010,
    )
