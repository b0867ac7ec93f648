"""Attacks on transactions, their lines and their approvals."""

from tests.database.attack import attack

WRITTEN = {"trigger": "transaction_state_follows_the_table"}
APPROVAL = {"trigger": "approval_is_not_by_the_proposer"}


def _set(db, transaction, assignment, *parameters):
    db.execute(
        f"UPDATE registry_transaction SET {assignment} WHERE id = %s", *parameters, transaction
    )


@attack("transaction_state_follows_the_table", **WRITTEN)
def from_waiting_to_reversed(db):
    _set(db, db.facts.waiting, "status = 20")


@attack("transaction_state_follows_the_table", **WRITTEN)
def from_completed_back_to_waiting(db):
    _set(db, db.facts.frozen, "status = 0")


@attack("transaction_state_follows_the_table", **WRITTEN)
def from_reversed_back_to_completed(db):
    _set(db, db.facts.reversed, "status = 4")


@attack("transaction_state_follows_the_table", **WRITTEN)
def from_withdrawn_to_completed(db):
    _set(db, db.facts.waiting, "status = 7")
    _set(db, db.facts.waiting, "status = 4")


@attack("transaction_state_follows_the_table", **WRITTEN)
def begins_rejected(db):
    db.copy("transaction", f"id = {db.facts.waiting}", key="attack", status=6)


@attack("transaction_with_a_posting_is_completed", **WRITTEN)
def waiting_with_a_posting(db):
    _set(db, db.facts.waiting, "posting_id = 999999")


@attack("transaction_posting_exists", needs_keys=True)
def completed_by_a_posting_that_is_not_there(db):
    db.draft()


@attack("transaction_completes_in_one_posting", **WRITTEN)
def completed_without_a_posting(db):
    _set(db, db.facts.waiting, "status = 4")


@attack("transaction_completes_when_approved", **WRITTEN)
def completed_without_approval(db):
    _set(db, db.facts.waiting, "status = 4, posting_id = 999999")


@attack("transaction_completes_when_approved", **WRITTEN)
def inserted_as_completed_without_approval(db):
    db.draft("transfer", approvals_needed=1)


@attack("transaction_completes_when_approved", **WRITTEN)
def completed_on_a_rejection(db):
    db.approval(db.facts.waiting, approved=False)
    _set(db, db.facts.waiting, "status = 4, posting_id = 999999")


@attack("transaction_keeps_what_it_says", **WRITTEN)
def another_payload(db):
    _set(db, db.facts.waiting, "payload_hash = decode('00', 'hex')")


@attack("transaction_keeps_what_it_says", **WRITTEN)
def another_proposer(db):
    _set(db, db.facts.waiting, "proposer_id = %s", db.world.administrator_2.person_id)


@attack("transaction_keeps_what_it_says", **WRITTEN)
def another_type(db):
    _set(db, db.facts.waiting, "type_id = %s", db.type_id("delivery"))


@attack("transaction_keeps_what_it_says", **WRITTEN)
def another_posting(db):
    _set(db, db.facts.surrender, "posting_id = 999999")


@attack("transaction_names_existing_rows", **WRITTEN)
def type_that_does_not_exist(db):
    db.draft(type_id=10**9)


@attack("transaction_names_existing_rows", **WRITTEN)
def proposer_that_does_not_exist(db):
    db.draft(proposer_id=10**9, api_key_id=None)


@attack("transaction_names_existing_rows", **WRITTEN)
def key_of_another_person(db):
    db.draft(proposer_id=db.world.administrator_2.person_id)


@attack("transaction_key_is_used_once")
def key_used_twice(db):
    db.draft(key="same")
    db.draft(key="same")


@attack("transaction_is_reversed_once")
def reversed_twice(db):
    db.draft(reverses_id=db.facts.surrender)
    db.draft(reverses_id=db.facts.surrender)


@attack("transaction_reverses_a_reversible_one", **WRITTEN)
def reversal_of_an_issuance(db):
    db.draft(reverses_id=db.one("SELECT transaction_id FROM registry_posting ORDER BY id LIMIT 1"))


@attack("transaction_reverses_a_reversible_one", **WRITTEN)
def reversal_of_a_waiting_transaction(db):
    db.draft(reverses_id=db.facts.waiting)


@attack("transaction_reverses_a_reversible_one", **WRITTEN)
def issuance_that_reverses(db):
    db.draft("issue_at_once", reverses_id=db.facts.surrender)


@attack("transaction_is_reversed_by_a_reversal", **WRITTEN)
def reversed_by_nothing(db):
    _set(db, db.facts.surrender, "status = 20")


@attack("transaction_has_lines", **WRITTEN)
def transaction_that_says_nothing(db):
    db.draft(lines=[])


@attack("transaction_line_quantity_is_positive", **WRITTEN)
def line_of_nothing(db):
    db.draft(lines=[db.line(), db.line(quantity=0)])


@attack("transaction_line_quantity_is_positive", **WRITTEN)
def line_of_an_unknown_quantity(db):
    db.draft(lines=[db.line(quantity=None)])


@attack("transaction_line_minimum_is_within_quantity", **WRITTEN)
def minimum_above_the_quantity(db):
    db.draft(lines=[db.line(quantity=5, minimum=6)])


@attack("transaction_line_minimum_is_within_quantity", **WRITTEN)
def minimum_of_nothing(db):
    db.draft(lines=[db.line(quantity=5, minimum=0)])


@attack("transaction_line_serials_are_in_range", **WRITTEN)
def serials_from_zero(db):
    db.draft(lines=[db.line(first=0)])


@attack("transaction_line_has_the_ends_of_its_type", **WRITTEN)
def line_from_nowhere(db):
    db.draft(lines=[db.line(source=None)])


@attack("transaction_line_has_the_ends_of_its_type", **WRITTEN)
def line_to_nowhere(db):
    db.draft(lines=[db.line(), db.line(destination=None)])


@attack("transaction_line_has_the_ends_of_its_type", **WRITTEN)
def issue_out_of_an_account(db):
    db.draft("issue_at_once", lines=[db.line()])


@attack("transaction_line_has_the_ends_of_its_type", **WRITTEN)
def conversion_to_nowhere(db):
    db.draft("convert_at_once", lines=[db.line(source=None, destination=None)])


# Of one line and of several, every account, unit type and entity is looked up.
for field in ("source", "destination", "unit_type", "entity"):
    for others in (0, 1):

        def run(db, field=field, others=others):
            db.draft(lines=[*([db.line()] * others), db.line(**{field: 10**9})])

        run.__name__ = f"unknown_{field}_in_line_{others + 1}"
        attack("transaction_names_existing_rows", **WRITTEN)(run)


@attack("transaction_names_existing_rows", **WRITTEN)
def registry_that_is_not_that_of_the_accounts(db):
    db.draft(registry_id=db.world.neighbour.pk)


@attack("transaction_keeps_what_it_says", **WRITTEN)
def other_lines(db):
    _set(db, db.facts.waiting, "lines = lines || lines")


@attack("approval_is_not_by_the_proposer", **APPROVAL)
def own_approval(db):
    db.approval(db.facts.waiting, person_id=db.world.administrator_1.person_id)


@attack("approval_is_not_by_the_proposer", **APPROVAL)
def own_approval_with_another_key(db):
    second = db.world.administrator_1_second_key
    db.approval(db.facts.waiting, person_id=second.person_id, api_key_id=second.api_key_id)


@attack("approval_is_one_per_person")
def two_approvals_of_one_person(db):
    db.approval(db.facts.waiting)
    db.approval(db.facts.waiting, api_key_id=db.world.administrator_1.api_key_id)


@attack("approval_is_of_the_payload", **APPROVAL)
def approval_of_another_payload(db):
    db.approval(db.facts.waiting, payload_hash=bytes(32))


@attack("approval_is_of_a_waiting_transaction", **APPROVAL)
def approval_of_a_completed_transaction(db):
    db.approval(db.facts.surrender, person_id=db.world.auditor.person_id)


TYPE = {"trigger": "transactiontype_version_is_fixed"}


@attack("transaction_type_version_is_fixed", **TYPE)
def type_that_needs_no_approval_any_more(db):
    db.execute("UPDATE registry_transactiontype SET approvals = 0 WHERE code = 'transfer'")


@attack("transaction_type_version_is_fixed", **TYPE)
def type_with_other_accounts(db):
    db.execute(
        "UPDATE registry_transactiontype SET source_kinds = '{surrender}' WHERE code = 'delivery'"
    )


@attack("transaction_type_version_is_one")
def version_written_twice(db):
    db.copy("transactiontype", "code = 'transfer'")


@attack("transaction_type_is_valid_for_an_interval")
def version_that_ends_before_it_begins(db):
    db.execute("UPDATE registry_transactiontype SET valid_to = valid_from WHERE code = 'transfer'")


@attack("registry_transactiontype_version_check")
def version_below_zero(db):
    db.copy("transactiontype", "code = 'transfer'", version=-1)


@attack("registry_transactiontype_approvals_check")
def fewer_approvals_than_none(db):
    db.copy("transactiontype", "code = 'transfer'", code="attack", approvals=-1)
