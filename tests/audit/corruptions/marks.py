"""Marks on units that are gone, marks that stand for nothing, and marks that vanish."""

from tests.audit.corruption import corruption


def _mark(hand, transaction):
    return hand.one("SELECT id FROM registry_mark WHERE transaction_id = %s", transaction)


def _set(hand, transaction, assignment):
    id_ = _mark(hand, transaction)
    hand.run(f"UPDATE registry_mark SET {assignment} WHERE id = %s", id_)
    return "registry_mark", id_


@corruption("MARK_STANDS_ON_HELD_UNITS", "not_held", "holding")
def frozen_units_are_moved(hand):
    home = hand.world.at_home
    hand.run(
        "UPDATE registry_holding SET account_id = %s WHERE id = %s",
        home.operator_a,
        hand.block(home.operator_b, 405),
    )
    return "registry_mark", _mark(hand, hand.ledger.frozen)


@corruption("MARK_STANDS_ON_HELD_UNITS", "not_held", "mark")
def mark_reaches_beyond_the_account(hand):
    return _set(hand, hand.ledger.waiting, "last = 601")


@corruption("MARK_IS_EXCLUSIVE", "overlap", "mark")
def units_are_reserved_twice(hand):
    hand.without("mark", "mark_reservation_is_exclusive")
    where = f"transaction_id = {hand.ledger.waiting}"
    return "registry_mark", hand.copy("mark", where)


@corruption("MARK_BELONGS_TO_TRANSACTION", "not_waiting", "transaction")
def reservation_of_what_has_ended(hand):
    hand.run("UPDATE registry_transaction SET status = 5 WHERE id = %s", hand.ledger.waiting)
    return "registry_mark", _mark(hand, hand.ledger.waiting)


@corruption("MARK_BELONGS_TO_TRANSACTION", "no_transaction", "mark", superuser=True)
def mark_of_no_transaction(hand):
    hand.run("ALTER TABLE registry_mark DISABLE TRIGGER USER")
    return _set(hand, hand.ledger.frozen, "transaction_id = 999999")


@corruption("MARK_BELONGS_TO_TRANSACTION", "line", "mark")
def mark_of_no_line(hand):
    return _set(hand, hand.ledger.frozen, "line = 99")


@corruption("MARK_BELONGS_TO_TRANSACTION", "line", "mark")
def mark_in_another_account(hand):
    return _set(hand, hand.ledger.frozen, f"account_id = {hand.world.at_home.operator_a}")


@corruption("MARK_BELONGS_TO_TRANSACTION", "not_frozen", "transaction")
def freeze_was_never_completed(hand):
    hand.run("UPDATE registry_transaction SET status = 0 WHERE id = %s", hand.ledger.frozen)
    return "registry_mark", _mark(hand, hand.ledger.frozen)


@corruption("MARK_BELONGS_TO_TRANSACTION", "released", "mark")
def frozen_units_are_let_go_without_a_release(hand):
    return _set(
        hand,
        hand.ledger.frozen,
        f"released_at = now(), released_by_id = {hand.ledger.surrendered}",
    )


@corruption("MARK_BELONGS_TO_TRANSACTION", "effect", "mark")
def reservation_turns_into_a_freeze(hand):
    return _set(hand, hand.ledger.waiting, "kind = 'freeze'")


@corruption("MARKED_AS_ASKED", "quantity", "mark")
def reservation_shrinks(hand):
    _set(hand, hand.ledger.waiting, "last = last - 1")
    return "registry_transaction", hand.ledger.waiting


@corruption("MARKED_AS_ASKED", "quantity", "mark")
def frozen_units_thaw(hand):
    hand.run("DELETE FROM registry_mark WHERE transaction_id = %s", hand.ledger.frozen)
    return "registry_transaction", hand.ledger.frozen


@corruption("MARKED_AS_ASKED", "serials", "mark")
def other_units_are_reserved(hand):
    _set(hand, hand.ledger.waiting, "first = first + 1, last = last + 1")
    return "registry_transaction", hand.ledger.waiting


@corruption("MARKED_AS_ASKED", "not_released", "mark")
def released_units_stay_frozen(hand):
    id_ = hand.one(
        "UPDATE registry_mark SET released_at = NULL, released_by_id = NULL"
        " WHERE released_by_id = %s RETURNING id",
        hand.ledger.released,
    )
    return "registry_mark", id_
