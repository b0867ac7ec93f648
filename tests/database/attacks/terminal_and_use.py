"""Attacks on marked and used-up units, and on the record of what units were used for."""

from tests.database.attack import attack
from tests.database.attacker import Block

CHECKED = {"trigger": "posting_is_checked"}
BY_REVERSAL_ONLY = "posting_leaves_terminal_accounts_by_reversal_only"


def _split(db, block: Block, account, first, last, **drafted):
    """Move the serials first..last of a block; what is left stays."""
    draft = db.draft(**drafted)
    db.close(block, draft)
    db.open(block, draft, account_id=account, first=first, last=last)
    if first > block.first:
        db.open(block, draft, last=first - 1)
    if last < block.last:
        db.open(block, draft, first=last + 1)
    db.post(draft)


@attack(BY_REVERSAL_ONLY, **CHECKED)
def surrendered_units_are_sold(db):
    db.move(db.block(db.world.at_home.surrender, 1), db.world.at_home.operator_b)


@attack(BY_REVERSAL_ONLY, **CHECKED)
def one_surrendered_unit_is_sold(db):
    _split(db, db.block(db.world.at_home.surrender, 1), db.world.at_home.operator_b, 50, 50)


@attack(BY_REVERSAL_ONLY, **CHECKED)
def surrendered_units_are_cancelled(db):
    db.move(db.block(db.world.at_home.surrender, 1), db.world.at_home.cancellation)


@attack(BY_REVERSAL_ONLY, **CHECKED)
def reversal_of_another_transaction(db):
    other = db.one(
        "SELECT min(t.id) FROM registry_transaction t"
        " JOIN registry_transactiontype y ON y.id = t.type_id AND y.reversible"
        " WHERE t.status = 4 AND t.id <> %s",
        db.facts.surrender,
    )
    home = db.world.at_home
    db.move(db.block(home.surrender, 1), home.operator_a, reverses_id=other)


@attack(BY_REVERSAL_ONLY, **CHECKED)
def reversal_to_another_account(db):
    home = db.world.at_home
    db.move(db.block(home.surrender, 1), home.operator_b, reverses_id=db.facts.surrender)


@attack(BY_REVERSAL_ONLY, **CHECKED)
def reversal_of_more_than_was_brought(db):
    """Units of a second surrender are not those that the first one brought."""
    home = db.world.at_home
    db.move(db.block(home.operator_a, 101), home.surrender)
    draft = db.draft(reverses_id=db.facts.surrender)
    for block in (db.block(home.surrender, 1), db.block(home.surrender, 101)):
        db.close(block, draft)
        db.open(block, draft, account_id=home.operator_a)
    db.post(draft)


@attack("posting_leaves_marked_units_alone", **CHECKED)
def frozen_units_are_sold(db):
    home = db.world.at_home
    _split(db, db.block(home.operator_b, 401), home.operator_a, 401, 410)


@attack("posting_leaves_marked_units_alone", **CHECKED)
def one_reserved_unit_is_sold(db):
    home = db.world.at_home
    _split(db, db.block(home.operator_b, 501), home.operator_a, 490, 501)


def _surrender(db, *uses):
    """Surrender serials 101-400 of operator A with these records of use: (first, last, kind)."""
    home = db.world.at_home
    block = db.block(home.operator_a, 101)
    draft = db.draft("surrender_at_once")
    db.close(block, draft)
    db.open(block, draft, account_id=home.surrender)
    for first, last, kind in uses:
        db.copy("use", "true", posting_id=draft, kind=kind, first=first, last=last)
    db.post(draft)


@attack("posting_records_the_use_of_what_it_moves", **CHECKED)
def surrender_without_a_record(db):
    _surrender(db)


@attack("posting_records_the_use_of_what_it_moves", **CHECKED)
def record_of_fewer_units(db):
    _surrender(db, (101, 399, "surrender"))


@attack("posting_records_the_use_of_what_it_moves", **CHECKED)
def record_of_other_units(db):
    _surrender(db, (102, 401, "surrender"))


@attack("posting_records_the_use_of_what_it_moves", **CHECKED)
def record_of_a_unit_twice(db):
    _surrender(db, (101, 400, "surrender"), (300, 300, "surrender"))


@attack("use_is_of_a_transaction_that_records_it", trigger="use_is_written_before_its_posting")
def record_of_another_use(db):
    _surrender(db, (101, 400, "surrender"), (101, 400, "cancellation"))


@attack("use_is_of_a_transaction_that_records_it", trigger="use_is_written_before_its_posting")
def record_of_use_in_a_delivery(db):
    db.copy("use", "true", posting_id=db.draft(), first=101, last=400)


@attack("use_is_written_before_its_posting", trigger="use_is_written_before_its_posting")
def record_added_later(db):
    db.copy("use", "true", first=50, last=50)


@attack("use_is_posted", needs_keys=True)
def record_without_a_posting(db):
    # The transaction names a posting that is not there either; ask about the record alone.
    db.copy("use", "true", posting_id=db.draft("surrender_at_once"), first=101, last=110)
    db.execute("SET CONSTRAINTS use_is_posted IMMEDIATE")


@attack("use_serials_are_in_range", trigger="use_is_well_formed")
def use_past_the_last_serial(db):
    db.copy("use", "true", posting_id=db.draft("surrender_at_once"), first=10**12, last=10**12 + 1)


@attack("use_credit_is_not_negative", trigger="use_is_well_formed")
def use_that_counts_less_than_nothing(db):
    db.copy("use", "true", posting_id=db.draft("surrender_at_once"), credited_tonnes=-1)


@attack("use_kind_is_known", trigger="use_is_well_formed")
def unknown_use(db):
    db.copy("use", "true", posting_id=db.draft("surrender_at_once"), kind="gift")
