"""Attacks on batches: transactions that are decided as one."""

from tests.database.attack import attack

PERMITTED = {"permitted": True}
DECIDED = {"trigger": "batch_is_not_decided_by_its_proposer", "permitted": True}
ALIKE = {"trigger": "batch_has_transactions_that_wait_alike", "permitted": True}
WAITS = "SELECT i.{} FROM registry_batchitem i JOIN registry_transaction t ON t.id ="
WAITS += " i.transaction_id WHERE t.status = 0 ORDER BY i.number LIMIT 1"


def _decision(db, **changes):
    """A good decision of administrator 2 on the batch that waits, with changes."""
    batch = db.one(WAITS.format("batch_id"))
    values = {
        "batch_id": batch,
        "person_id": db.world.administrator_2.person_id,
        "api_key_id": None,
        "payload_hash": db.one("SELECT payload_hash FROM registry_batch WHERE id = %s", batch),
        **changes,
    }
    return db.copy("batchdecision", "true", **values)


@attack("batch_has_a_known_mode", **PERMITTED)
def batch_of_another_mode(db):
    db.copy("batch", "true", mode="some")


@attack("batch_hash_has_its_length", **PERMITTED)
def batch_with_a_short_hash(db):
    db.copy("batch", "true", payload_hash=bytes(31))


@attack("batch_item_number_is_one", **PERMITTED)
def two_transactions_in_one_place(db):
    batch = db.one(WAITS.format("batch_id"))
    db.copy("batchitem", f"batch_id = {batch} AND number = 1", transaction_id=db.facts.waiting)


@attack("batch_is_decided_once_by_a_person", **PERMITTED)
def two_decisions_of_a_person_on_a_batch(db):
    _decision(db)
    _decision(db)


@attack("batch_is_not_decided_by_its_proposer", **DECIDED)
def batch_decided_by_who_proposed_it(db):
    _decision(db, person_id=db.world.administrator_1.person_id)


@attack("batch_decision_is_of_the_payload", **DECIDED)
def decision_on_another_batch(db):
    _decision(db, payload_hash=bytes(32))


@attack("batch_has_transactions_that_wait_alike", **ALIKE)
def batch_of_fewer_approvals(db):
    batch = db.copy("batch", "true", approvals_needed=9)
    db.copy("batchitem", "true", batch_id=batch, transaction_id=db.facts.waiting, number=1)


@attack("batch_has_transactions_that_wait_alike", **ALIKE)
def batch_of_what_is_completed(db):
    batch = db.copy("batch", "true", approvals_needed=1)
    db.copy("batchitem", "true", batch_id=batch, transaction_id=db.facts.surrender, number=1)


@attack("approval_is_of_the_whole_batch", trigger="approval_is_of_the_whole_batch")
def approval_of_one_of_a_batch(db):
    number = db.one(WAITS.format("transaction_id"))
    payload = db.one("SELECT payload_hash FROM registry_transaction WHERE id = %s", number)
    db.copy(
        "approval",
        "true",
        transaction_id=number,
        person_id=db.world.administrator_2.person_id,
        api_key_id=None,
        approved=True,
        payload_hash=payload,
    )
