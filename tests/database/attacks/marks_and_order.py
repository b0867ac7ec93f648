"""Attacks on marks, positions, messages, and the rest of what is named."""

from tests.database.attack import attack
from tests.database.attacker import NOW, Expression

PLACED = {"trigger": "mark_is_on_units_that_the_account_holds"}
RELEASED = {"trigger": "mark_changes_only_by_release"}
DENSE = {"trigger": "position_is_dense"}


def _mark(db, kind="freeze", first=101, last=110, **changes):
    """A standing mark on units of operator A, by a transaction of its own."""
    draft = db.draft()
    values = {
        "kind": kind,
        "first": first,
        "last": last,
        "account_id": db.world.at_home.operator_a,
        "transaction_id": db.one(
            "SELECT id FROM registry_transaction WHERE posting_id = %s", draft
        ),
        **changes,
    }
    return db.copy("mark", "released_at IS NULL AND kind = 'freeze'", **values)


@attack("mark_kind_is_known")
def unknown_kind(db):
    _mark(db, kind="wish")


@attack("mark_serials_are_in_range")
def serials_past_the_last(db):
    _mark(db, kind="authorization", first=10**12, last=10**12 + 1)


@attack("mark_that_blocks_names_the_account")
def freeze_of_no_account(db):
    # The guard on held units would refuse it first; without it, the constraint still does.
    db.execute("ALTER TABLE registry_mark DISABLE TRIGGER mark_is_on_units_that_the_account_holds")
    _mark(db, account_id=None)


@attack("registry_mark_line_check")
def line_below_zero(db):
    _mark(db, line=-1)


@attack("mark_release_has_a_transaction_and_a_time")
def released_by_nobody(db):
    id_ = _mark(db)
    db.execute("UPDATE registry_mark SET released_at = now() WHERE id = %s", id_)


@attack("mark_reservation_is_exclusive")
def reserved_twice_in_one_transaction(db):
    # Of two transactions, the guard on free units refuses the second.
    transaction = db.facts.frozen
    _mark(db, kind="reservation", transaction_id=transaction)
    _mark(db, kind="reservation", first=110, last=111, transaction_id=transaction)


@attack("mark_lien_is_exclusive")
def two_liens(db):
    _mark(db, kind="lien")
    _mark(db, kind="lien", first=110, last=120)


@attack("mark_freeze_is_exclusive")
def frozen_twice(db):
    _mark(db)
    _mark(db, first=110, last=120)


@attack("mark_first_transfer_is_exclusive")
def transferred_first_twice(db):
    _mark(db, kind="first_transfer")
    _mark(db, kind="first_transfer", first=110, last=120)


@attack("mark_is_placed_standing", **PLACED)
def placed_as_released(db):
    _mark(db, released_at=NOW, released_by_id=db.facts.frozen)


@attack("mark_is_on_units_that_the_account_holds", **PLACED)
def freeze_of_units_of_another(db):
    _mark(db, first=411, last=420)


@attack("mark_is_on_units_that_the_account_holds", **PLACED)
def freeze_that_reaches_one_unit_too_far(db):
    _mark(db, first=300, last=401)


@attack("mark_is_on_units_that_the_account_holds", **PLACED)
def freeze_of_units_that_nobody_has(db):
    _mark(db, first=7000, last=7001)


@attack("mark_reserves_only_free_units", **PLACED)
def reservation_of_frozen_units(db):
    home = db.world.at_home
    _mark(db, kind="reservation", first=405, last=415, account_id=home.operator_b)


@attack("mark_reserves_only_free_units", **PLACED)
def reservation_of_reserved_units(db):
    home = db.world.at_home
    _mark(db, kind="reservation", first=520, last=521, account_id=home.operator_b)


@attack("mark_changes_only_by_release", **RELEASED)
def moved_to_other_units(db):
    db.execute("UPDATE registry_mark SET first = first + 1 WHERE kind = 'freeze'")


@attack("mark_changes_only_by_release", **RELEASED)
def set_again_after_its_release(db):
    db.execute(
        "UPDATE registry_mark SET released_at = NULL, released_by_id = NULL"
        " WHERE released_at IS NOT NULL"
    )


@attack("mark_changes_only_by_release", **RELEASED)
def released_twice(db):
    db.execute("UPDATE registry_mark SET released_at = now() WHERE released_at IS NOT NULL")


def _place(db, position, **changes):
    """A posting that has no place yet, at a position."""
    home = db.world.at_home
    draft = db.move(db.block(home.operator_a, 101), home.operator_b)
    head = "position = (SELECT max(position) FROM registry_position)"
    db.copy("position", head, position=Expression(position), posting_id=draft, **changes)


@attack("position_is_dense", **DENSE)
def gap(db):
    _place(db, '"position" + 2')


@attack("position_is_dense", **DENSE)
def place_before_the_head(db):
    """Without the primary key, so that the taken position itself is not what refuses."""
    db.execute("ALTER TABLE registry_position DROP CONSTRAINT registry_position_pkey")
    _place(db, '"position" - 1')


@attack("position_is_dense", **DENSE)
def two_places_with_a_gap_in_one_statement(db):
    home = db.world.at_home
    first = db.move(db.block(home.operator_a, 101), home.operator_b)
    second = db.move(db.block(home.operator_b, 101), home.operator_a)
    db.execute(
        "INSERT INTO registry_position (position, posting_id, instant)"
        " SELECT p.position + x.step, x.posting, p.instant"
        " FROM registry_position p, (VALUES (1, %s), (3, %s)) AS x (step, posting)"
        " ORDER BY p.position DESC LIMIT 2",
        first,
        second,
    )


@attack("position_instant_does_not_decrease", **DENSE)
def instant_that_goes_back(db):
    _place(db, '"position" + 1', instant=Expression("instant - interval '1 microsecond'"))


@attack("position_starts_at_one")
def position_zero(db):
    _place(db, "0")


@attack("registry_position_posting_id_key")
def one_posting_in_two_places(db):
    head = "position = (SELECT max(position) FROM registry_position)"
    db.copy("position", head, position=Expression('"position" + 1'))


@attack("sequencer_is_one_row")
def second_sequencer(db):
    db.copy("sequencer", "true", id=2)


@attack(
    "message_block_is_written_before_the_posting",
    trigger="message_block_is_written_before_the_posting",
    permitted=True,
)
def units_added_to_a_posted_message(db):
    posted = db.one("SELECT message_id FROM registry_posting WHERE message_id IS NOT NULL")
    db.name_in_message(posted, db.world.kau.pk, 641, 650)


@attack("message_crosses_a_border", permitted=True)
def message_to_itself(db):
    db.message(db.world.home, db.world.home, db.world.kau.pk, 1, 10)


@attack("message_block_names_a_serial_once", permitted=True)
def serial_named_twice_in_a_message(db):
    message = db.message(db.world.home, db.world.neighbour, db.world.kau.pk, 641, 645)
    db.name_in_message(message, db.world.kau.pk, 645, 650)


@attack("message_block_serials_are_in_range", permitted=True)
def message_that_names_all_serials(db):
    message = db.message(db.world.home, db.world.neighbour, db.world.kau.pk, 641, 645)
    db.execute(
        "INSERT INTO registry_messageblock (message_id, unit_type_id, serials)"
        " VALUES (%s, %s, int8range(646, NULL))",
        message,
        db.world.kau.pk,
    )


@attack("message_block_serials_are_in_range", permitted=True)
def message_that_names_no_serial(db):
    message = db.message(db.world.home, db.world.neighbour, db.world.kau.pk, 641, 645)
    db.name_in_message(message, db.world.kau.pk, 700, 699)


@attack("reference_is_one_row")
def second_version_of_the_reference(db):
    db.execute("INSERT INTO registry_reference (id, version) VALUES (2, 1)")


@attack("limit_counter_stays_within_capacity", permitted=True)
def more_used_than_there_is(db):
    db.copy("limitcounter", "true", period="2026", used_t=11)


@attack("limit_counter_stays_within_capacity", permitted=True)
def less_used_than_nothing(db):
    db.execute("UPDATE registry_limitcounter SET used_t = -1")


@attack("limit_counter_is_one", permitted=True)
def second_counter_for_everybody(db):
    db.copy("limitcounter", "entity_id IS NULL")


@attack("limit_of_an_entity_has_one_slot", permitted=True)
def slots_of_an_entity(db):
    db.copy("limitcounter", "true", entity_id=db.world.holder_a.pk, slots=2)


@attack("limit_slots_are_told_by_the_first", permitted=True)
def slot_that_says_how_many_there_are(db):
    db.copy("limitcounter", "true", slot=1, slots=2)


@attack("limit_slots_are_told_by_the_first", permitted=True)
def limit_without_slots(db):
    db.execute("UPDATE registry_limitcounter SET slots = 0")


@attack("basis_is_of_an_entity_or_a_jurisdiction", permitted=True)
def tonnes_of_nobody(db):
    db.copy("basis", "true", kind="cap", entity_id=None)


@attack("basis_of_a_jurisdiction_is_stated_once", permitted=True)
def cap_stated_twice(db):
    place = db.world.home.jurisdiction_id
    for _time in range(2):
        db.copy("basis", "true", kind="cap", entity_id=None, jurisdiction_id=place)


@attack("basis_is_not_negative", permitted=True)
def tonnes_below_zero(db):
    db.copy("basis", "true", kind="shortfall", tonnes=-1)


@attack("basis_is_stated_once", permitted=True)
def basis_stated_twice(db):
    db.copy("basis", "true", tonnes=7)


@attack("fact_value_type_is_known", permitted=True)
def fact_of_no_known_type(db):
    db.copy("fact", "jurisdiction_id IS NULL", subject="another", value_type="guess")


@attack("source_says_where_and_what", permitted=True)
def source_that_says_nothing(db):
    db.copy("source", "true", code="S99", what="")


@attack("fact_is_stated_once", permitted=True)
def fact_of_no_jurisdiction_stated_twice(db):
    db.copy("fact", "jurisdiction_id IS NULL", value="7")
