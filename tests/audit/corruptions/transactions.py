"""Transactions that say something else than what was approved and done."""

from tests.audit.corruption import corruption


def _of(hand, posting):
    return hand.one("SELECT transaction_id FROM registry_posting WHERE id = %s", posting)


def _set(hand, id_, assignment):
    hand.run(f"UPDATE registry_transaction SET {assignment} WHERE id = %s", id_)
    return "registry_transaction", id_


def _approval(hand, transaction):
    return hand.one("SELECT id FROM registry_approval WHERE transaction_id = %s", transaction)


def _use(hand):
    sql = (
        "SELECT u.id, u.posting_id FROM registry_use u JOIN registry_transaction t"
        " ON t.posting_id = u.posting_id WHERE t.id = %s"
    )
    return hand.run(sql, hand.ledger.surrendered).fetchone()


@corruption("TRANSACTION_IS_WHOLE", "no_type", "transaction")
def transaction_of_no_type(hand):
    return _set(hand, hand.ledger.surrendered, "type_id = 999")


@corruption("TRANSACTION_IS_WHOLE", "no_registry", "transaction")
def transaction_in_no_registry(hand):
    return _set(hand, hand.ledger.surrendered, "registry_id = 999")


@corruption("TRANSACTION_IS_WHOLE", "no_proposer", "transaction")
def transaction_by_nobody(hand):
    return _set(hand, hand.ledger.surrendered, "proposer_id = 999")


@corruption("TRANSACTION_IS_WHOLE", "key_of_another", "transaction")
def transaction_with_a_stolen_key(hand):
    person = hand.world.administrator_2.person_id
    return _set(hand, hand.ledger.surrendered, f"proposer_id = {person}")


@corruption("TRANSACTION_IS_WHOLE", "no_lines", "transaction")
def transaction_loses_its_lines(hand):
    return _set(hand, hand.ledger.surrendered, "lines = '{}'")


@corruption("TRANSACTION_IS_WHOLE", "no_account", "transaction")
def line_from_no_account(hand):
    return _set(hand, hand.ledger.surrendered, "lines[1].source = 999999999")


@corruption("TRANSACTION_IS_WHOLE", "no_unit_type", "transaction")
def line_of_no_unit_type(hand):
    return _set(hand, hand.ledger.surrendered, "lines[1].unit_type = 999")


@corruption("TRANSACTION_IS_WHOLE", "no_entity", "transaction")
def line_for_no_entity(hand):
    return _set(hand, hand.ledger.surrendered, "lines[1].entity = 999")


@corruption("TRANSACTION_IS_WHOLE", "form", "transaction")
def line_of_no_units(hand):
    return _set(hand, hand.ledger.surrendered, "lines[1].quantity = 0")


@corruption("STATES_FOLLOW_THE_TABLE", "other_state", "transaction")
def rejected_transaction_waits_again(hand):
    return _set(hand, hand.ledger.rejected, "status = 0")


@corruption("STATES_FOLLOW_THE_TABLE", "step", "transactionevent")
def rejected_transaction_is_completed_in_the_timeline(hand):
    where = f"transaction_id = {hand.ledger.rejected} AND status = 6"
    return "registry_transactionevent", hand.copy("transactionevent", where, status="4")


@corruption("STATES_FOLLOW_THE_TABLE", "no_transaction", "transactionevent", superuser=True)
def event_of_no_transaction(hand):
    changes = {"transaction_id": "999999"}
    return "registry_transactionevent", hand.copy("transactionevent", "true", **changes)


@corruption("STATES_FOLLOW_THE_TABLE", "no_person", "transactionevent", superuser=True)
def event_by_nobody(hand):
    hand.run("ALTER TABLE registry_transactionevent DISABLE TRIGGER USER")
    id_ = hand.one("SELECT min(id) FROM registry_transactionevent")
    hand.run("UPDATE registry_transactionevent SET person_id = 999 WHERE id = %s", id_)
    return "registry_transactionevent", id_


@corruption("APPROVED_BY_OTHERS", "too_few", "approval")
def approval_vanishes(hand):
    transaction = hand.ledger.surrendered
    hand.run("DELETE FROM registry_approval WHERE transaction_id = %s", transaction)
    return "registry_transaction", transaction


@corruption("APPROVED_BY_OTHERS", "own", "approval")
def proposer_approves(hand):
    id_ = _approval(hand, hand.ledger.surrendered)
    person = hand.world.administrator_1.person_id
    hand.run("UPDATE registry_approval SET person_id = %s WHERE id = %s", person, id_)
    return "registry_approval", id_


@corruption("APPROVED_BY_OTHERS", "too_few", "approval")
def only_the_proposer_approves(hand):
    id_ = _approval(hand, hand.ledger.surrendered)
    person = hand.world.administrator_1.person_id
    hand.run("UPDATE registry_approval SET person_id = %s WHERE id = %s", person, id_)
    return "registry_transaction", hand.ledger.surrendered


@corruption("APPROVED_BY_OTHERS", "no_transaction", superuser=True)
def approval_of_no_transaction(hand):
    hand.run("ALTER TABLE registry_approval DISABLE TRIGGER USER")
    id_ = _approval(hand, hand.ledger.surrendered)
    hand.run("UPDATE registry_approval SET transaction_id = 999999 WHERE id = %s", id_)
    return "registry_approval", id_


@corruption("APPROVED_BY_OTHERS", "payload", "approval")
def another_payload_was_approved(hand):
    id_ = _approval(hand, hand.ledger.surrendered)
    hand.run("UPDATE registry_approval SET payload_hash = 'x' WHERE id = %s", id_)
    return "registry_approval", id_


@corruption("APPROVED_BY_OTHERS", "twice", "approval")
def person_approves_twice(hand):
    hand.without("approval", "approval_is_one_per_person")
    id_ = _approval(hand, hand.ledger.surrendered)
    return "registry_approval", hand.copy("approval", f"id = {id_}")


@corruption("APPROVED_BY_OTHERS", "rejected", "approval")
def rejection_is_forgotten(hand):
    transaction = hand.ledger.rejected
    hand.run("DELETE FROM registry_approval WHERE transaction_id = %s", transaction)
    return "registry_transaction", transaction


@corruption("APPROVED_BY_OTHERS", "rejected", "approval")
def completed_against_a_rejection(hand):
    id_ = _approval(hand, hand.ledger.surrendered)
    hand.run("UPDATE registry_approval SET approved = false WHERE id = %s", id_)
    return "registry_transaction", hand.ledger.surrendered


@corruption("APPROVED_BY_OTHERS", "asked_too_few", "transaction")
def asked_for_fewer_approvals(hand):
    return _set(hand, hand.ledger.surrendered, "approvals_needed = 0")


@corruption("MOVED_AS_ASKED", "quantity", "transaction")
def line_asks_more_than_moved(hand):
    _set(hand, _of(hand, hand.ledger.delivered), "lines[1].quantity = 8")
    return "registry_posting", hand.ledger.delivered


@corruption("MOVED_AS_ASKED", "quantity", "transaction")
def line_asks_less_than_moved(hand):
    _set(hand, _of(hand, hand.ledger.delivered), "lines[1].quantity = 6")
    return "registry_posting", hand.ledger.delivered


@corruption("MOVED_AS_ASKED", "not_moved", "transaction")
def line_names_another_destination(hand):
    account = hand.world.at_home.operator_b
    _set(hand, _of(hand, hand.ledger.delivered), f"lines[1].destination = {account}")
    return "registry_posting", hand.ledger.delivered


@corruption("MOVED_AS_ASKED", "not_asked", "holding")
def consolidation_moves_units(hand):
    """The merged block lands in another account than its parts."""
    hand.run(
        "UPDATE registry_holding SET account_id = %s WHERE opened_by_id = %s",
        hand.world.at_home.operator_b,
        hand.ledger.consolidated,
    )
    return "registry_posting", hand.ledger.consolidated


@corruption("MOVED_AS_ASKED", "not_asked", "holding")
def history_names_another_owner(hand):
    hand.run(
        "UPDATE registry_holding SET account_id = %s WHERE opened_by_id = %s AND account_id = %s",
        hand.world.at_home.operator_b,
        hand.ledger.delivered,
        hand.world.at_home.trading,
    )
    return "registry_posting", hand.ledger.delivered


@corruption("NAMED_SERIALS_MOVED", "serials", "transaction")
def line_names_other_serials(hand):
    return _set(hand, hand.ledger.named, "lines[1].first = 202")


@corruption("NAMED_SERIALS_MOVED", "vintage", "transaction")
def line_names_another_vintage(hand):
    _set(hand, _of(hand, hand.ledger.delivered), "lines[1].vintage = '2025-01-01'")
    return "registry_posting", hand.ledger.delivered


@corruption("ISSUED_AS_APPROVED", "attributes", "issuance")
def issuance_changes_its_label(hand):
    id_ = hand.one(
        "UPDATE registry_issuance SET legal_basis = 'another' WHERE unit_type_id = %s RETURNING id",
        hand.world.koc.pk,
    )
    return "registry_issuance", id_


@corruption("ISSUED_AS_APPROVED", "quantity", "issuance")
def more_is_issued_than_approved(hand):
    id_ = hand.one(
        "UPDATE registry_issuance SET last = last + 1 WHERE id = (SELECT id"
        " FROM registry_issuance WHERE unit_type_id = %s ORDER BY last DESC LIMIT 1) RETURNING id",
        hand.world.koc.pk,
    )
    return "registry_issuance", id_


@corruption("ISSUED_AS_APPROVED", "not_issued", "issuance")
def approved_issuance_vanishes(hand):
    posting = hand.one(
        "DELETE FROM registry_issuance WHERE unit_type_id = %s RETURNING posting_id",
        hand.world.koc.pk,
    )
    return "registry_posting", posting


@corruption("ISSUED_AS_APPROVED", "not_approved", "issuance")
def posting_issues_once_more(hand):
    where = f"unit_type_id = {hand.world.koc.pk}"
    return "registry_issuance", hand.copy("issuance", where, first="900", last="999")


@corruption("TYPE_ALLOWS", "source", "transaction")
def operator_sends_units_abroad(hand):
    type_ = "(SELECT id FROM registry_transactiontype WHERE code = 'send')"
    return _set(hand, _of(hand, hand.ledger.delivered), f"type_id = {type_}")


@corruption("TYPE_ALLOWS", "destination", "transaction")
def delivery_ends_in_a_terminal_account(hand):
    account = hand.world.at_home.retirement
    id_ = _of(hand, hand.ledger.delivered)
    return _set(hand, id_, f"lines[1].destination = {account}")


@corruption("TYPE_ALLOWS", "unit_kind", "unittype")
def allowances_become_credits(hand):
    hand.run("UPDATE registry_unittype SET kind = 'credit' WHERE id = %s", hand.world.kau.pk)
    return "registry_transaction", hand.ledger.reversed


@corruption("USE_IS_WHAT_MOVED", "not_recorded", "use")
def use_is_forgotten(hand):
    id_, posting = _use(hand)
    hand.run("DELETE FROM registry_use WHERE id = %s", id_)
    return "registry_posting", posting


@corruption("USE_IS_WHAT_MOVED", "not_moved", "use")
def use_claims_more_than_moved(hand):
    id_, posting = _use(hand)
    hand.run("UPDATE registry_use SET last = last + 10 WHERE id = %s", id_)
    return "registry_posting", posting


@corruption("USE_IS_WHAT_MOVED", "not_foreseen", "use")
def delivery_is_used(hand):
    id_, _posting = _use(hand)
    return "registry_use", hand.copy("use", f"id = {id_}", posting_id=hand.ledger.delivered)


@corruption("USE_IS_WHAT_MOVED", "kind", "use")
def surrender_is_called_retirement(hand):
    id_, _posting = _use(hand)
    hand.run("UPDATE registry_use SET kind = 'retirement' WHERE id = %s", id_)
    return "registry_use", id_


@corruption("CREDITS_ADD_UP", "tonnes", "use")
def surrender_counts_for_more(hand):
    id_, posting = _use(hand)
    hand.run("UPDATE registry_use SET credited_tonnes = credited_tonnes + 1 WHERE id = %s", id_)
    return "registry_posting", posting


@corruption("CREDITS_ADD_UP", "units", "use")
def surrender_counts_for_somebody_else(hand):
    id_, posting = _use(hand)
    entity = hand.world.holder_b.pk
    hand.run("UPDATE registry_use SET entity_id = %s WHERE id = %s", entity, id_)
    return "registry_posting", posting


@corruption("CREDITS_ADD_UP", "negative", "use")
def surrender_counts_against(hand):
    hand.without("use", "use_credit_is_not_negative")
    id_, _posting = _use(hand)
    hand.run("UPDATE registry_use SET credited_tonnes = -1 WHERE id = %s", id_)
    return "registry_use", id_
