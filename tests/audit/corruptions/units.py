"""Units lost, doubled, made from nothing, and put where they can not be."""

from registry.lines import Line
from tests.audit.corruption import corruption


def _home_block(hand, serial=450):
    """An open block of operator B."""
    return hand.block(hand.world.at_home.operator_b, serial)


def _last_serial(hand):
    return hand.one(
        "SELECT max(last) FROM registry_issuance WHERE unit_type_id = %s", hand.world.kau.pk
    )


def _issuance(hand, serial):
    return hand.one(
        "SELECT id FROM registry_issuance WHERE unit_type_id = %s AND %s BETWEEN first AND last",
        hand.world.kau.pk,
        serial,
    )


@corruption("ISSUED_ONCE", "overlap", "issuance")
def issuance_reaches_into_the_next(hand):
    hand.without("issuance", "issuance_serials_are_issued_once")
    hand.run(
        "UPDATE registry_issuance SET last = last + 5 WHERE id = %s", _issuance(hand, serial=1)
    )
    return "registry_issuance", _issuance(hand, serial=1100)


@corruption("ISSUED_ONCE", "range", "issuance")
def issuance_begins_at_zero(hand):
    hand.without("issuance", "issuance_serials_are_in_range")
    id_ = _issuance(hand, serial=1)
    hand.run("UPDATE registry_issuance SET first = 0 WHERE id = %s", id_)
    return "registry_issuance", id_


@corruption("ISSUED_ONCE", "vintage", "issuance")
def vintage_of_no_day(hand):
    hand.without("issuance", "issuance_vintage_is_an_interval")
    id_ = _issuance(hand, serial=1)
    hand.run("UPDATE registry_issuance SET vintage_to = vintage_from WHERE id = %s", id_)
    return "registry_issuance", id_


@corruption("ISSUED_ONCE", "no_unit_type", "issuance")
def issuance_of_nothing(hand):
    id_ = _issuance(hand, serial=1)
    hand.run("UPDATE registry_issuance SET unit_type_id = 999 WHERE id = %s", id_)
    return "registry_issuance", id_


@corruption("HELD_ONCE", "overlap", "holding")
def block_grows_into_its_neighbour(hand):
    hand.run(
        "UPDATE registry_holding SET last = last + 1 WHERE id = %s",
        hand.block(hand.world.at_home.surrender, 100),
    )
    return "registry_holding", hand.block(hand.world.at_home.operator_a, 101)


@corruption("HELD_ONCE", "overlap", "holding")
def block_is_held_twice(hand):
    hand.without("holding", "holding_foreign_units_are_held_once", "holding_open_starts_once")
    operator = hand.world.at_neighbour.operator
    block = hand.block(operator, 605)
    return "registry_holding", hand.copy("holding", f"id = {block}")


@corruption("ISSUED_IS_HELD", "lost", "holding")
def open_block_is_deleted(hand):
    hand.run("DELETE FROM registry_holding WHERE id = %s", _home_block(hand))
    return "registry_issuance", _issuance(hand, serial=450)


@corruption("ISSUED_IS_HELD", "lost", "holding")
def block_loses_its_last_unit(hand):
    hand.run("UPDATE registry_holding SET last = last - 1 WHERE id = %s", _home_block(hand))
    return "registry_issuance", _issuance(hand, serial=450)


@corruption("ISSUED_IS_HELD", "lost", "holding")
def block_is_closed_and_nothing_opened(hand):
    posting = hand.one("SELECT max(id) FROM registry_posting")
    hand.close(_home_block(hand), posting)
    return "registry_issuance", _issuance(hand, serial=450)


@corruption("ISSUED_IS_HELD", "added", "holding")
def units_appear_that_nobody_issued(hand):
    last = _last_serial(hand)
    changes = {"first": last + 1, "last": last + 1000}
    return "registry_holding", hand.copy("holding", f"id = {_home_block(hand)}", **changes)


@corruption("ISSUED_IS_HELD", "added", "issuance")
def issuance_shrinks(hand):
    hand.run(
        "UPDATE registry_issuance SET last = last - 1 WHERE id = %s", _issuance(hand, serial=1)
    )
    return "registry_holding", hand.block(hand.world.at_home.government, 1000)


@corruption("HOLDING_FITS_ISSUANCE", "no_issuance", "holding")
def holding_of_no_issuance(hand):
    id_ = _home_block(hand)
    hand.run("UPDATE registry_holding SET issuance_id = 999 WHERE id = %s", id_)
    return "registry_holding", id_


@corruption("HOLDING_FITS_ISSUANCE", "unit_type", "holding")
def holding_changes_its_unit_type(hand):
    id_ = _home_block(hand)
    type_ = hand.world.kcu.pk
    hand.run("UPDATE registry_holding SET unit_type_id = %s WHERE id = %s", type_, id_)
    return "registry_holding", id_


@corruption("HOLDING_FITS_ISSUANCE", "vintage", "holding")
def holding_grows_younger(hand):
    id_ = _home_block(hand)
    hand.run("UPDATE registry_holding SET vintage_from = '2026-01-01' WHERE id = %s", id_)
    return "registry_holding", id_


@corruption("HOLDING_FITS_ISSUANCE", "outside", "holding")
def holding_names_another_issuance(hand):
    id_ = _home_block(hand)
    other = _issuance(hand, serial=1100)
    hand.run(
        "UPDATE registry_holding SET issuance_id = %s, vintage_from = '2024-01-01' WHERE id = %s",
        other,
        id_,
    )
    return "registry_holding", id_


@corruption("HOLDING_IN_REGISTRY_OF_ACCOUNT", "no_account", "holding")
def holding_in_no_account(hand):
    id_ = _home_block(hand)
    hand.run("UPDATE registry_holding SET account_id = 999999999 WHERE id = %s", id_)
    return "registry_holding", id_


@corruption("HOLDING_IN_REGISTRY_OF_ACCOUNT", "other_registry", "holding")
def holding_in_an_account_of_another_registry(hand):
    id_ = _home_block(hand)
    account = hand.world.at_offsets.operator_a
    hand.run("UPDATE registry_holding SET account_id = %s WHERE id = %s", account, id_)
    return "registry_holding", id_


@corruption("FOREIGN_IS_FLAGGED", "home", "holding")
def home_units_are_flagged_as_foreign(hand):
    id_ = _home_block(hand)
    hand.run("UPDATE registry_holding SET is_foreign = true WHERE id = %s", id_)
    return "registry_holding", id_


@corruption("FOREIGN_IS_FLAGGED", "foreign", "holding")
def foreign_units_pass_for_home_units(hand):
    id_ = hand.block(hand.world.at_neighbour.operator, 605)
    hand.run("UPDATE registry_holding SET is_foreign = false WHERE id = %s", id_)
    return "registry_holding", id_


@corruption("FOREIGN_IS_FLAGGED", "no_unit_type", "holding")
def holding_of_no_unit_type(hand):
    id_ = _home_block(hand)
    hand.run("UPDATE registry_holding SET unit_type_id = 999 WHERE id = %s", id_)
    return "registry_holding", id_


@corruption("ABROAD_IS_HELD_AT_HOME", "not_at_home", "holding")
def home_spends_what_is_abroad(hand):
    hand.run(
        "UPDATE registry_holding SET account_id = %s WHERE id = %s",
        hand.world.at_home.government,
        hand.block(hand.world.at_home.partner, 605),
    )
    return "registry_holding", hand.block(hand.world.at_neighbour.operator, 605)


@corruption("ABROAD_IS_HELD_AT_HOME", "not_at_home", "holding")
def abroad_before_home_had_sent_it(hand):
    """Today all is well; at an earlier position it was not."""
    hand.run(
        "UPDATE registry_holding SET opened_by_id = %s WHERE id = %s",
        hand.ledger.given_back,
        hand.block(hand.world.at_home.partner, 605),
    )
    taken = hand.one(
        "SELECT id FROM registry_holding WHERE opened_by_id = %s", hand.ledger.taken_in
    )
    return "registry_holding", taken


@corruption("CLOSED_ONCE_AND_LATER", "earlier", "holding")
def closed_before_it_was_opened(hand):
    id_ = hand.one(
        "UPDATE registry_holding SET opened_by_id = closed_by_id, opened_xid = closed_xid"
        " WHERE id = (SELECT min(id) FROM registry_holding WHERE closed_by_id IS NOT NULL)"
        " RETURNING id"
    )
    return "registry_holding", id_


@corruption("CLOSED_ONCE_AND_LATER", "half", "holding")
def closed_by_half(hand):
    id_ = _home_block(hand)
    hand.run("UPDATE registry_holding SET closed_xid = opened_xid WHERE id = %s", id_)
    return "registry_holding", id_


@corruption("CLOSED_ACCOUNT_IS_EMPTY", "holds", "account")
def account_is_closed_with_its_units(hand):
    account = hand.world.at_home.operator_b
    hand.run(
        "UPDATE registry_account SET status = 'closed', closed_at = now(), holdings_at_closing = ("
        "SELECT count(*) FROM registry_holding WHERE account_id = %s) WHERE id = %s",
        account,
        account,
    )
    return "registry_holding", _home_block(hand)


@corruption("CLOSED_ACCOUNT_IS_EMPTY", "received", "account")
def closed_account_has_received_units(hand):
    """As many holdings were counted as the account had before the last came to it, and left."""
    account = hand.world.at_home.auction
    hand.run(
        "UPDATE registry_account SET holdings_at_closing = holdings_at_closing - 1 WHERE id = %s",
        account,
    )
    received = "SELECT max(id) FROM registry_holding WHERE account_id = %s"
    return "registry_holding", hand.one(received, account)


@corruption("CLOSED_ACCOUNT_IS_EMPTY", "fewer", "account")
def closed_account_has_lost_what_it_had(hand):
    account = hand.world.at_home.auction
    hand.run("UPDATE registry_account SET holdings_at_closing = 3 WHERE id = %s", account)
    return "registry_account", account


@corruption("TERMINAL_IS_FINAL", "left", "posting", "transaction")
def surrendered_units_are_sold(hand):
    home = hand.world.at_home
    id_ = hand.move(hand.block(home.surrender, 50), home.operator_b)
    return "registry_posting", id_


@corruption("TERMINAL_IS_FINAL", "not_returned", "posting", "transaction")
def surrendered_units_go_back_to_somebody_else(hand):
    home = hand.world.at_home
    changes = {"reverses_id": hand.ledger.surrendered}
    id_ = hand.move(hand.block(home.surrender, 50), home.operator_b, **changes)
    return "registry_posting", id_


@corruption("CONVERTED_ONE_FOR_ONE", "not_ended", "holding")
def converted_units_live_on(hand):
    offsets = hand.world.at_offsets
    block = hand.block(offsets.conversion, 1, hand.world.koc.pk)
    hand.run("UPDATE registry_holding SET account_id = %s WHERE id = %s", offsets.operator_b, block)
    return "registry_posting", hand.ledger.converted


@corruption("CONVERTED_ONE_FOR_ONE", "unequal", "issuance")
def conversion_issues_more_than_it_ends(hand):
    hand.run(
        "UPDATE registry_issuance SET last = last + 100 WHERE unit_type_id = %s",
        hand.world.kcu.pk,
    )
    return "registry_posting", hand.ledger.converted


@corruption("MOVED_AS_ASKED", "not_asked", "posting", "transaction", "holding")
def delivery_brings_units_to_somebody_else(hand):
    home = hand.world.at_home
    block = _home_block(hand)
    line = Line(home.operator_b, home.trading, hand.world.kau.pk, 1)
    id_ = hand.draft("delivery", line)
    hand.close(block, id_)
    hand.open(block, id_, account_id=home.operator_a)
    hand.post(id_, "move")
    return "registry_posting", id_


@corruption("OPENINGS_TIE", "total", "openingtotal")
def old_registry_said_something_else(hand):
    hand.run("UPDATE registry_openingtotal SET units = units + 1")
    return "registry_openingbalance", hand.one("SELECT id FROM registry_openingbalance")


@corruption("OPENINGS_TIE", "serials", "legacyblock")
def old_serials_of_other_units(hand):
    hand.run("UPDATE registry_legacyblock SET first = first + 900000, last = last + 900000")
    return "registry_legacyblock", hand.one("SELECT id FROM registry_legacyblock")
