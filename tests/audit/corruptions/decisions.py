"""Batches and requests that are something else than those who decided have said."""

from tests.audit.corruption import corruption


def _approved_alone(hand):
    return hand.one(
        "SELECT a.id FROM registry_approval a JOIN registry_batchitem i"
        " ON i.transaction_id = a.transaction_id WHERE i.batch_id = %s LIMIT 1",
        hand.ledger.batch,
    )


def _decision(hand, request):
    return hand.one(
        "SELECT id FROM registry_governancedecision WHERE request_id = %s LIMIT 1", request
    )


def _change(hand, id_, assignment, *parameters):
    hand.run(f"UPDATE registry_governancedecision SET {assignment} WHERE id = %s", *parameters, id_)
    return "registry_governancedecision", id_


@corruption("BATCHES_ARE_DECIDED_AS_ONE", "not_alike", "batch")
def batch_of_more_approvals_than_its_transactions(hand):
    hand.run("UPDATE registry_batch SET approvals_needed = 2 WHERE id = %s", hand.ledger.batch)
    first = "SELECT id FROM registry_batchitem WHERE batch_id = %s ORDER BY number LIMIT 1"
    return "registry_batchitem", hand.one(first, hand.ledger.batch)


@corruption("BATCHES_ARE_DECIDED_AS_ONE", "alone", "batchdecision")
def transaction_of_a_batch_approved_alone(hand):
    hand.run("DELETE FROM registry_batchdecision")
    return "registry_approval", _approved_alone(hand)


@corruption("BATCHES_ARE_DECIDED_AS_ONE", "own", "batchdecision")
def batch_decided_by_its_proposer(hand):
    id_ = hand.one("SELECT id FROM registry_batchdecision")
    hand.run(
        "UPDATE registry_batchdecision SET person_id = %s", hand.world.administrator_1.person_id
    )
    return "registry_batchdecision", id_


@corruption("BATCHES_ARE_DECIDED_AS_ONE", "payload", "batchdecision")
def batch_decided_by_another_hash(hand):
    id_ = hand.one("SELECT id FROM registry_batchdecision")
    hand.run("UPDATE registry_batchdecision SET payload_hash = decode(repeat('00', 32), 'hex')")
    return "registry_batchdecision", id_


@corruption("BATCHES_ARE_DECIDED_AS_ONE", "apart", "transaction")
def half_of_a_batch(hand):
    hand.run(
        "UPDATE registry_transaction SET status = 6 WHERE id = ("
        " SELECT transaction_id FROM registry_batchitem WHERE batch_id = %s LIMIT 1)",
        hand.ledger.batch,
    )
    return "registry_batch", hand.ledger.batch


@corruption("REQUESTS_WERE_APPROVED", "no_request", superuser=True)
def decision_on_no_request(hand):
    hand.run("ALTER TABLE registry_governancedecision DISABLE TRIGGER USER")
    return _change(hand, _decision(hand, hand.ledger.request), "request_id = 999")


@corruption("REQUESTS_WERE_APPROVED", "no_request", superuser=True)
def decision_on_no_request_before_all(hand):
    hand.run("ALTER TABLE registry_governancedecision DISABLE TRIGGER USER")
    return _change(hand, _decision(hand, hand.ledger.request), "request_id = -1")


@corruption("REQUESTS_WERE_APPROVED", "hash", "governancerequest")
def request_that_says_something_else(hand):
    hand.run(
        "UPDATE registry_governancerequest SET payload = payload || %s WHERE id = %s",
        '{"name": "another"}',
        hand.ledger.request,
    )
    return "registry_governancerequest", hand.ledger.request


@corruption("REQUESTS_WERE_APPROVED", "own", "governancedecision")
def request_decided_by_who_asked(hand):
    decision = _decision(hand, hand.ledger.request)
    return _change(hand, decision, "person_id = %s", hand.world.administrator_1.person_id)


@corruption("REQUESTS_WERE_APPROVED", "stopper", "governancedecision")
def stop_lifted_by_who_placed_it(hand):
    decision = _decision(hand, hand.ledger.lifting)
    return _change(hand, decision, "person_id = %s", hand.world.administrator_2.person_id)


@corruption("REQUESTS_WERE_APPROVED", "twice", "governancedecision")
def request_approved_twice_by_one(hand):
    hand.without("governancedecision", "request_is_decided_once_by_a_person")
    return "registry_governancedecision", hand.copy(
        "governancedecision", f"request_id = {hand.ledger.lifting}"
    )


@corruption("REQUESTS_WERE_APPROVED", "payload", "governancedecision")
def request_approved_by_another_hash(hand):
    decision = _decision(hand, hand.ledger.request)
    return _change(hand, decision, "payload_hash = decode(repeat('00', 32), 'hex')")


@corruption("REQUESTS_WERE_APPROVED", "time", "governancedecision")
def request_approved_after_it_was_closed(hand):
    return _change(hand, _decision(hand, hand.ledger.request), "at = at + interval '1 second'")


@corruption("REQUESTS_WERE_APPROVED", "time", "governancedecision")
def request_approved_before_it_was_asked(hand):
    return _change(hand, _decision(hand, hand.ledger.request), "at = at - interval '1 second'")


@corruption("REQUESTS_WERE_APPROVED", "status", "governancedecision")
def request_approved_by_too_few(hand):
    decision = _decision(hand, hand.ledger.lifting)
    hand.run("DELETE FROM registry_governancedecision WHERE id = %s", decision)
    return "registry_governancerequest", hand.ledger.lifting


@corruption("REQUESTS_WERE_APPROVED", "status", "governancedecision")
def request_approved_against_a_rejection(hand):
    _change(hand, _decision(hand, hand.ledger.lifting), "approved = false")
    return "registry_governancerequest", hand.ledger.lifting


@corruption("REQUESTS_WERE_APPROVED", "status", "governancerequest")
def request_left_waiting_with_all_its_approvals(hand):
    hand.run(
        "UPDATE registry_governancerequest SET status = 'waiting', closed_at = NULL WHERE id = %s",
        hand.ledger.request,
    )
    return "registry_governancerequest", hand.ledger.request
