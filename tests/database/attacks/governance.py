"""Attacks on representatives, requests, trusted accounts and stops.

The application's role may write these tables, so here the rules alone protect them.
"""

from datetime import timedelta

from tests.database.attack import attack
from tests.database.attacker import NOW, Expression

PERMITTED = {"permitted": True}
DECIDED = {"trigger": "request_is_decided_by_others", "permitted": True}
UPDATED = {"trigger": "request_keeps_what_it_says", "permitted": True}
CLASSED = {"trigger": "account_suits_its_class", "permitted": True}
LIFTED = {"trigger": "stop_is_only_lifted", "permitted": True}
PLACED = {"trigger": "stop_is_of_its_registry", "permitted": True}
STANDING = "subject <> '' AND lifted_at IS NULL"
WAITING = "status = 'waiting'"


def _request(db, **changes):
    """Another request that waits, by administrator 1, that needs one approval."""
    values = {"approvals_needed": 1, **changes}
    return db.copy("governancerequest", WAITING, **values)


def _decision(db, request, **changes):
    """A good approval by administrator 2, with changes."""
    values = {
        "request_id": request,
        "person_id": db.world.administrator_2.person_id,
        "api_key_id": None,
        "approved": True,
        "payload_hash": db.one(
            "SELECT payload_hash FROM registry_governancerequest WHERE id = %s", request
        ),
        **changes,
    }
    return db.copy("governancedecision", "true", **values)


def _set(db, table, where, assignment):
    cursor = db.execute(f"UPDATE registry_{table} SET {assignment} WHERE {where}")
    assert cursor.rowcount


def _stop(db, **changes):
    """A stop of the unit type KAU, with changes."""
    values = {"subject": "", "unit_type_id": db.world.kau.pk, **changes}
    return db.copy("stop", STANDING, **values)


@attack("account_class_code_is_one", **PERMITTED)
def class_of_the_same_code(db):
    db.copy("accountclass", "true")


@attack("account_class_suits_the_account", **CLASSED)
def class_of_another_kind(db):
    _set(
        db,
        "account",
        f"id = {db.world.at_home.trading}",
        "account_class_id = (SELECT min(id) FROM registry_accountclass)",
    )


@attack("account_class_has_room_for_the_holder", **CLASSED)
def two_accounts_where_one_is_allowed(db):
    class_ = db.one("SELECT min(id) FROM registry_accountclass")
    operators = f"id IN ({db.world.at_home.operator_a}, {db.world.at_home.operator_b})"
    _set(db, "account", operators, f"holder_id = {db.world.holder_a.pk}")
    _set(db, "account", operators, f"account_class_id = {class_}")


@attack("account_class_keeps_its_meaning", trigger="accountclass_keeps_its_meaning", permitted=True)
def class_for_another_kind(db):
    _set(db, "accountclass", "true", "kind = 'trading'")


@attack("registry_rules_version_is_one", **PERMITTED)
def second_rules_of_one_version(db):
    db.copy("registryrules", "true")


@attack("registry_rules_are_valid_for_an_interval", **PERMITTED)
def rules_that_end_before_they_begin(db):
    _set(db, "registryrules", "true", "valid_to = valid_from")


@attack("registry_rules_give_known_rights", **PERMITTED)
def rules_with_an_unknown_right(db):
    db.copy("registryrules", "true", version=2, rights=["read", "all"])


@attack("registry_rules_give_known_rights", **PERMITTED)
def rules_without_rights(db):
    db.copy("registryrules", "true", version=2, rights=[])


@attack("registry_rules_ask_two_to_lift_a_stop", **PERMITTED)
def rules_by_which_one_lifts_a_stop(db):
    db.copy("registryrules", "true", version=2, stop_quorum=1)


@attack("registry_rules_version_is_fixed", trigger="registryrules_version_is_fixed", permitted=True)
def rules_that_change(db):
    _set(db, "registryrules", "true", "most_representatives = 99")


@attack("representative_right_is_known", **PERMITTED)
def representative_with_every_right(db):
    db.copy("representative", "true", right="all", person_id=db.world.auditor.person_id)


@attack("representative_is_valid_for_an_interval", **PERMITTED)
def representative_that_ends_before_they_begin(db):
    earlier = db.world.at - timedelta(days=1)
    db.copy("representative", "true", person_id=db.world.auditor.person_id, valid_to=earlier)


@attack("representative_is_one_at_a_time", **PERMITTED)
def two_rights_at_a_time(db):
    db.copy("representative", "true", right="approve")


@attack(
    "representative_keeps_their_right",
    trigger="representative_keeps_their_right",
    permitted=True,
)
def right_that_grows(db):
    _set(db, "representative", "true", "\"right\" = 'initiate_and_approve'")


@attack("representative_ends_once", trigger="representative_keeps_their_right", permitted=True)
def representative_that_comes_back(db):
    _set(db, "representative", "true", "valid_to = valid_from")
    _set(db, "representative", "true", "valid_to = NULL")


@attack("request_has_a_known_status_and_its_time", **PERMITTED)
def request_in_an_unknown_state(db):
    _request(db, status="done", closed_at=NOW)


@attack("request_has_a_known_status_and_its_time", **PERMITTED)
def request_closed_at_no_time(db):
    _request(db, status="rejected")


@attack("request_needs_an_approval", **PERMITTED)
def request_that_needs_nobody(db):
    _request(db, approvals_needed=0)


@attack("request_keeps_what_it_says", **UPDATED)
def request_that_says_something_else(db):
    _set(db, "governancerequest", WAITING, """payload = '{"stop": "1"}'""")


@attack("request_is_closed_once", **UPDATED)
def rejected_after_it_was_approved(db):
    _set(db, "governancerequest", "status = 'approved'", "status = 'rejected'")


@attack("request_is_approved_by_enough_others", **UPDATED)
def approved_by_one_of_two(db):
    _set(db, "governancerequest", WAITING, "status = 'approved', closed_at = now()")


@attack("request_is_approved_by_enough_others", **UPDATED)
def approved_against_a_rejection(db):
    request = _request(db, kind="account_change")
    _decision(db, request)
    someone = db.one("SELECT id FROM registry_person WHERE username = 'administrator_3'")
    _decision(db, request, person_id=someone, approved=False)
    _set(db, "governancerequest", f"id = {request}", "status = 'approved', closed_at = now()")


@attack("request_is_decided_while_it_waits", **DECIDED)
def decision_on_what_is_closed(db):
    request = db.one("SELECT min(id) FROM registry_governancerequest WHERE status = 'approved'")
    someone = db.one("SELECT id FROM registry_person WHERE username = 'administrator_4'")
    _decision(db, request, person_id=someone)


@attack("request_is_not_decided_by_who_asks", **DECIDED)
def decision_of_who_asks(db):
    _decision(db, _request(db), person_id=db.world.administrator_1.person_id)


@attack("request_decision_is_of_the_payload", **DECIDED)
def decision_on_another_payload(db):
    _decision(db, _request(db), payload_hash=bytes(32))


@attack("request_is_decided_once_by_a_person", **PERMITTED)
def two_decisions_of_a_person(db):
    request = _request(db, kind="account_change")
    _decision(db, request)
    _decision(db, request)


@attack("stop_is_not_lifted_by_who_placed_it", **DECIDED)
def lifting_by_who_placed_it(db):
    _decision(db, _request(db))


@attack("request_has_a_document_once", **PERMITTED)
def same_document_twice(db):
    db.copy("governancedocument", "true")


@attack("request_document_has_its_digest", **PERMITTED)
def document_with_the_digest_of_another(db):
    db.copy("governancedocument", "true", digest=bytes(32))


@attack("request_document_has_a_bearable_size", **PERMITTED)
def empty_document(db):
    db.copy("governancedocument", "true", content=b"", digest=Expression("sha256(''::bytea)"))


@attack("request_document_has_a_bearable_size", **PERMITTED)
def huge_document(db):
    content = Expression("convert_to(repeat('x', 5242881), 'UTF8')")
    digest = Expression("sha256(convert_to(repeat('x', 5242881), 'UTF8'))")
    db.copy("governancedocument", "true", content=content, digest=digest)


@attack("succession_is_by_another_holder", **PERMITTED)
def successor_of_itself(db):
    holder = db.world.holder_b.pk
    request = db.one("SELECT min(id) FROM registry_governancerequest")
    db.copy(
        "holdersuccession",
        "true",
        predecessor_id=holder,
        successor_id=holder,
        request_id=request,
    )


@attack("trusted_account_is_listed_once", **PERMITTED)
def entry_twice(db):
    db.copy("trustedaccount", "true")


@attack("trusted_account_is_another_one", **PERMITTED)
def account_that_trusts_itself(db):
    db.copy("trustedaccount", "true", trusted_id=Expression("account_id"))


@attack("trusted_account_counts_after_it_is_added", **PERMITTED)
def entry_that_counts_before_it_is_added(db):
    trading = db.world.at_home.trading
    earlier = db.world.at - timedelta(days=1)
    db.copy("trustedaccount", "true", trusted_id=trading, trusted_from=earlier)


@attack(
    "trusted_account_is_only_removed", trigger="trusted_account_is_only_removed", permitted=True
)
def entry_that_counts_sooner(db):
    _set(db, "trustedaccount", "true", "trusted_from = added_at")


@attack(
    "trusted_account_is_only_removed", trigger="trusted_account_is_only_removed", permitted=True
)
def removed_entry_that_comes_back(db):
    _set(db, "trustedaccount", "true", "removed_at = now()")
    _set(db, "trustedaccount", "true", "removed_at = NULL")


@attack("stop_stops_one_thing", **PERMITTED)
def stop_of_two_things(db):
    _stop(db, subject="agreement:2")


@attack("stop_has_a_reason", **PERMITTED)
def stop_without_a_reason(db):
    _stop(db, reason="")


@attack("stop_is_placed_once", **PERMITTED)
def stop_twice(db):
    db.copy("stop", STANDING)


@attack("stop_is_of_its_registry", **PLACED)
def stop_of_a_unit_type_of_another(db):
    _stop(db, unit_type_id=db.world.cea.pk)


@attack("stop_is_lifted_by_an_approved_request", **PLACED)
def stop_that_begins_lifted(db):
    _stop(db, lifted_at=NOW)


@attack("stop_is_lifted_by_an_approved_request", **LIFTED)
def stop_lifted_by_nothing(db):
    _set(db, "stop", STANDING, "lifted_at = now()")


@attack("stop_is_lifted_by_an_approved_request", **LIFTED)
def stop_lifted_by_a_request_that_waits(db):
    request = db.one(f"SELECT id FROM registry_governancerequest WHERE {WAITING}")
    _set(db, "stop", STANDING, f"lifted_at = now(), lifted_by_id = {request}")


@attack("stop_is_only_lifted", **LIFTED)
def stop_of_something_else(db):
    _set(db, "stop", STANDING, "subject = 'agreement:2'")


@attack("stop_is_only_lifted", **LIFTED)
def lifted_stop_that_stands_again(db):
    _set(db, "stop", "lifted_at IS NOT NULL", "lifted_at = NULL, lifted_by_id = NULL")


@attack(
    "transaction_is_not_completed_while_stopped",
    trigger="transaction_is_not_completed_while_stopped",
)
def completion_while_the_unit_type_is_stopped(db):
    _stop(db)
    db.approval(db.facts.waiting)
    _set(
        db,
        "transaction",
        f"id = {db.facts.waiting}",
        f"status = 4, posting_id = {db.unposted()}",
    )


@attack(
    "transaction_is_not_completed_while_stopped",
    trigger="transaction_is_not_completed_while_stopped",
)
def completion_while_the_registry_is_stopped(db):
    _stop(db, unit_type_id=None)
    db.approval(db.facts.waiting)
    _set(
        db,
        "transaction",
        f"id = {db.facts.waiting}",
        f"status = 4, posting_id = {db.unposted()}",
    )
