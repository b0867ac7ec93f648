"""Rows without a posting, postings that do not conserve, postings without a transaction."""

from tests.audit.corruption import corruption


def _open(hand):
    return hand.block(hand.world.at_home.operator_b, 450)


def _closed(hand):
    return hand.one(
        "SELECT id FROM registry_holding WHERE closed_by_id = %s ORDER BY id LIMIT 1",
        hand.ledger.delivered,
    )


def _beyond(hand):
    """The first serial after all that are issued."""
    sql = "SELECT max(last) + 1 FROM registry_issuance WHERE unit_type_id = %s"
    return hand.one(sql, hand.world.kau.pk)


def _message(hand):
    sql = "SELECT message_id FROM registry_posting WHERE id = %s"
    return hand.one(sql, hand.ledger.taken_in)


@corruption("ROWS_ARE_POSTED", "opened_by_nothing", "holding", superuser=True)
def orphan_holding(hand):
    first = _beyond(hand)
    posting = hand.one("SELECT nextval('registry_posting_id_seq')")
    changes = {"first": first, "last": first + 9}
    return "registry_holding", hand.open(_open(hand), posting, **changes)


@corruption("ROWS_ARE_POSTED", "closed_by_nothing", "holding", superuser=True)
def orphan_closing(hand):
    id_ = _open(hand)
    hand.close(id_, hand.one("SELECT nextval('registry_posting_id_seq')"))
    return "registry_holding", id_


@corruption("ROWS_ARE_POSTED", "issued_by_nothing", "issuance", superuser=True)
def orphan_issuance(hand):
    first = _beyond(hand)
    posting = hand.one("SELECT nextval('registry_posting_id_seq')")
    changes = {"first": first, "last": first, "posting_id": posting}
    return "registry_issuance", hand.copy(
        "issuance",
        f"unit_type_id = {hand.world.kau.pk}",
        xid="pg_current_xact_id()",
        **changes,
    )


@corruption("ROWS_ARE_POSTED", "used_by_nothing", "use", superuser=True)
def orphan_use(hand):
    posting = hand.one("SELECT nextval('registry_posting_id_seq')")
    return "registry_use", hand.copy("use", "true", posting_id=posting)


@corruption("ROWS_ARE_POSTED", "opened_elsewhere", "holding")
def holding_is_slipped_under_an_old_posting(hand):
    first = _beyond(hand)
    changes = {"first": first, "last": first + 9}
    return "registry_holding", hand.open(_open(hand), hand.ledger.delivered, **changes)


@corruption("ROWS_ARE_POSTED", "closed_elsewhere", "holding")
def holding_is_closed_in_the_name_of_an_old_posting(hand):
    id_ = _open(hand)
    hand.close(id_, hand.ledger.given_back)
    return "registry_holding", id_


@corruption("ROWS_ARE_POSTED", "issued_elsewhere", "issuance")
def issuance_is_slipped_under_an_old_posting(hand):
    id_ = hand.one(
        "UPDATE registry_issuance SET xid = pg_current_xact_id() WHERE unit_type_id = %s"
        " RETURNING id",
        hand.world.koc.pk,
    )
    return "registry_issuance", id_


@corruption("ROWS_ARE_POSTED", "issued_without", "issuance")
def issuance_of_a_hosted_registry_without_a_posting(hand):
    id_ = hand.one(
        "UPDATE registry_issuance SET posting_id = NULL, xid = NULL WHERE unit_type_id = %s"
        " RETURNING id",
        hand.world.koc.pk,
    )
    return "registry_issuance", id_


@corruption("POSTING_CONSERVES", "lost", "holding")
def history_loses_a_block(hand):
    hand.run(
        "DELETE FROM registry_holding WHERE opened_by_id = %s AND account_id = %s",
        hand.ledger.delivered,
        hand.world.at_home.trading,
    )
    return "registry_posting", hand.ledger.delivered


@corruption("POSTING_CONSERVES", "added", "holding")
def history_gains_a_unit(hand):
    hand.run(
        "UPDATE registry_holding SET last = last + 1 WHERE opened_by_id = %s AND account_id = %s",
        hand.ledger.delivered,
        hand.world.at_home.trading,
    )
    return "registry_posting", hand.ledger.delivered


@corruption("POSTING_CONSERVES", "added", "holding")
def closed_block_shrinks(hand):
    hand.run("UPDATE registry_holding SET first = first + 1 WHERE id = %s", _closed(hand))
    return "registry_posting", hand.ledger.delivered


@corruption("POSTING_KEEPS_TO_ITS_KIND", "type", "posting")
def move_calls_itself_a_conversion(hand):
    id_ = hand.ledger.delivered
    hand.run("UPDATE registry_posting SET kind = 'convert' WHERE id = %s", id_)
    return "registry_posting", id_


@corruption("POSTING_KEEPS_TO_ITS_KIND", "rows", "issuance")
def move_issues_units(hand):
    first, id_ = _beyond(hand), hand.ledger.delivered
    changes = {"first": first, "last": first, "posting_id": id_}
    xid = f"(SELECT xid FROM registry_posting WHERE id = {id_})"
    hand.copy("issuance", f"unit_type_id = {hand.world.kau.pk}", xid=xid, **changes)
    return "registry_posting", id_


@corruption("POSTING_KEEPS_TO_ITS_KIND", "message", "posting")
def move_rests_on_a_message(hand):
    id_, message = hand.ledger.delivered, _message(hand)
    hand.run("UPDATE registry_posting SET message_id = NULL WHERE message_id = %s", message)
    hand.run("UPDATE registry_posting SET message_id = %s WHERE id = %s", message, id_)
    return "registry_posting", id_


@corruption("POSTING_KEEPS_TO_ITS_KIND", "home_units", "holding")
def home_units_cross_the_border(hand):
    id_ = hand.ledger.taken_in
    hand.run("UPDATE registry_holding SET is_foreign = false WHERE opened_by_id = %s", id_)
    return "registry_posting", id_


@corruption("POSTING_EQUALS_MESSAGE", "not_in_message", "holding")
def more_is_taken_in_than_was_sent(hand):
    id_ = hand.ledger.taken_in
    hand.run("UPDATE registry_holding SET last = last + 3 WHERE opened_by_id = %s", id_)
    return "registry_posting", id_


@corruption("POSTING_EQUALS_MESSAGE", "not_posted", "messageblock")
def message_grows_after_its_posting(hand):
    hand.run(
        "UPDATE registry_messageblock SET serials = int8range(lower(serials), upper(serials) + 9)"
        " WHERE message_id = %s",
        _message(hand),
    )
    return "registry_posting", hand.ledger.taken_in


@corruption("POSTING_EQUALS_MESSAGE", "used_twice", "posting")
def message_is_used_twice(hand):
    hand.without("posting", "posting_rests_on_a_message_once")
    id_ = hand.ledger.given_back
    hand.run("UPDATE registry_posting SET message_id = %s WHERE id = %s", _message(hand), id_)
    return "registry_posting", id_


@corruption("POSTING_EQUALS_MESSAGE", "no_message", "posting")
def message_does_not_exist(hand):
    id_ = hand.ledger.taken_in
    hand.run("UPDATE registry_posting SET message_id = 999999 WHERE id = %s", id_)
    return "registry_posting", id_


@corruption("POSTING_COMPLETES_TRANSACTION", "no_transaction", "posting")
def posting_of_no_transaction(hand):
    id_ = hand.ledger.delivered
    hand.run("UPDATE registry_posting SET transaction_id = 999999 WHERE id = %s", id_)
    return "registry_posting", id_


@corruption("POSTING_COMPLETES_TRANSACTION", "not_completed", "transaction")
def posted_transaction_is_terminated(hand):
    id_ = hand.ledger.delivered
    hand.run("UPDATE registry_transaction SET status = 5 WHERE posting_id = %s", id_)
    return "registry_posting", id_


@corruption("POSTING_COMPLETES_TRANSACTION", "other_posting", "posting")
def posting_changes_its_transaction(hand):
    id_ = hand.ledger.delivered
    hand.run(
        "UPDATE registry_posting SET transaction_id = %s WHERE id = %s",
        hand.ledger.surrendered,
        id_,
    )
    return "registry_posting", id_


@corruption("POSTING_COMPLETES_TRANSACTION", "without", "transaction")
def completed_transaction_loses_its_posting(hand):
    id_ = hand.ledger.surrendered
    hand.run("UPDATE registry_transaction SET posting_id = NULL WHERE id = %s", id_)
    return "registry_transaction", id_


@corruption("POSTING_COMPLETES_TRANSACTION", "posting_missing", "transaction")
def transaction_names_a_posting_that_is_none(hand):
    id_ = hand.ledger.surrendered
    hand.run("UPDATE registry_transaction SET posting_id = 999999 WHERE id = %s", id_)
    return "registry_transaction", id_


@corruption("POSTING_COMPLETES_TRANSACTION", "needs_none", "transaction")
def freeze_gets_a_posting(hand):
    id_ = hand.ledger.frozen
    hand.run(
        "DROP INDEX IF EXISTS registry_transaction_posting_id_key CASCADE"
    ) if False else hand.run(
        "ALTER TABLE registry_transaction DROP CONSTRAINT registry_transaction_posting_id_key"
    )
    hand.run(
        "UPDATE registry_transaction SET posting_id = %s WHERE id = %s", hand.ledger.delivered, id_
    )
    return "registry_transaction", id_


@corruption("POSTING_COMPLETES_TRANSACTION", "unfinished", "transaction")
def waiting_transaction_has_a_posting(hand):
    hand.without("transaction", "registry_transaction_posting_id_key")
    id_ = hand.ledger.waiting
    hand.run(
        "UPDATE registry_transaction SET posting_id = %s WHERE id = %s", hand.ledger.delivered, id_
    )
    return "registry_transaction", id_


@corruption("REVERSAL_RETURNS", "not_returned", "holding")
def reversal_brings_units_to_somebody_else(hand):
    hand.run(
        "UPDATE registry_holding SET account_id = %s WHERE account_id = %s AND opened_by_id ="
        " (SELECT posting_id FROM registry_transaction WHERE id = %s)",
        hand.world.at_home.trading,
        hand.world.at_home.government,
        hand.ledger.reversal,
    )
    return "registry_transaction", hand.ledger.reversal


@corruption("REVERSAL_RETURNS", "moved_more", "transaction", "posting")
def reversal_undoes_what_was_not_done(hand):
    home = hand.world.at_home
    changes = {"reverses_id": hand.ledger.surrendered}
    id_ = hand.move(hand.block(home.operator_b, 450), home.operator_a, **changes)
    sql = "SELECT transaction_id FROM registry_posting WHERE id = %s"
    return "registry_transaction", hand.one(sql, id_)


@corruption("REVERSAL_RETURNS", "not_reversed", "transaction")
def reversed_transaction_counts_again(hand):
    hand.run("UPDATE registry_transaction SET status = 4 WHERE id = %s", hand.ledger.reversed)
    return "registry_transaction", hand.ledger.reversal


@corruption("REVERSAL_RETURNS", "no_original", "transaction", superuser=True)
def reversal_of_nothing(hand):
    hand.run("ALTER TABLE registry_transaction DISABLE TRIGGER USER")
    id_ = hand.ledger.reversal
    hand.run("UPDATE registry_transaction SET reverses_id = 999999 WHERE id = %s", id_)
    return "registry_transaction", id_


@corruption("REVERSAL_RETURNS", "irreversible", "transactiontype")
def type_stops_being_reversible(hand):
    hand.run("UPDATE registry_transactiontype SET reversible = false WHERE code = 'allocate'")
    return "registry_transaction", hand.ledger.reversal


@corruption("REVERSAL_RETURNS", "twice", "transaction", "posting")
def transaction_is_reversed_twice(hand):
    hand.without("transaction", "transaction_is_reversed_once")
    home = hand.world.at_home
    changes = {"reverses_id": hand.ledger.reversed}
    id_ = hand.move(hand.block(home.operator_b, 450), home.operator_a, **changes)
    sql = "SELECT transaction_id FROM registry_posting WHERE id = %s"
    return "registry_transaction", hand.one(sql, id_)


@corruption("REVERSAL_RETURNS", "not_by_reversal", "transaction")
def transaction_is_called_reversed(hand):
    id_ = hand.ledger.surrendered
    hand.run("UPDATE registry_transaction SET status = 20 WHERE id = %s", id_)
    return "registry_transaction", id_


@corruption("MOVED_AS_ASKED", "touched", "holding")
def posting_cuts_blocks_of_others(hand):
    """Closed and opened again in the same account, in the name of somebody's delivery."""
    block, id_ = _open(hand), hand.ledger.taken_in
    hand.close(block, id_)
    hand.open(block, id_)
    return "registry_posting", id_
