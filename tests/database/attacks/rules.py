"""Attacks on what versions of types, caps, calendars and delays say."""

from tests.database.attack import attack
from tests.database.attacker import NOW, Expression

WRITTEN = {"trigger": "transaction_state_follows_the_table"}
PROPOSAL = {"trigger": "type_proposal_changes_only_by_decision"}
YESTERDAY = Expression("clock_timestamp() - interval '1 day'")
TOMORROW = Expression("clock_timestamp() + interval '1 day'")
# The application's role may write these tables; the rule alone refuses it.
OPEN = {"permitted": True}


def _set(db, transaction, assignment, *parameters):
    db.execute(
        f"UPDATE registry_transaction SET {assignment} WHERE id = %s", *parameters, transaction
    )


def _delivered(db, **changes):
    """A copy of a transaction that nobody had to approve, before its posting."""
    values = {"key": "attack", "status": 30, "posting_id": None, **changes}
    return db.copy("transaction", "payload_hash IS NULL AND status = 4", **values)


def _proposal(db, **changes):
    return db.copy("typeproposal", "status = 0", **{"code": "attack", **changes})


def _type(db, **changes):
    return db.copy("transactiontype", "code = 'transfer'", code="attack", **changes)


@attack("transaction_asks_for_enough_approvals", **WRITTEN)
def asks_for_fewer_approvals_than_its_type(db):
    db.copy("transaction", f"id = {db.facts.waiting}", key="attack", approvals_needed=0)


@attack("transaction_keeps_what_it_says", **WRITTEN)
def asks_for_fewer_approvals_later(db):
    _set(db, db.facts.waiting, "approvals_needed = 0")


@attack("transaction_keeps_what_it_says", **WRITTEN)
def due_earlier(db):
    _set(db, db.facts.delayed, "due_at = clock_timestamp()")


@attack("transaction_keeps_what_it_says", **WRITTEN)
def expires_later(db):
    _set(db, db.facts.waiting, "expires_at = expires_at + interval '1 day'")


@attack("transaction_completes_when_due", **WRITTEN)
def completed_before_it_is_due(db):
    _set(db, db.facts.delayed, "status = 4, posting_id = %s", db.unposted())


@attack("transaction_completes_before_it_expires", **WRITTEN)
def completed_after_it_expired(db):
    db.draft(expires_at=YESTERDAY)


@attack("transaction_waits_as_its_type_asks", **WRITTEN)
def completed_without_waiting_for_the_moment_asked(db):
    db.draft(execute_at=TOMORROW)


@attack("transaction_is_delayed_until_a_moment", **WRITTEN)
def delayed_for_ever(db):
    _delivered(db)


@attack("transaction_is_delayed_until_a_moment", **WRITTEN)
def delayed_until_before_the_moment_asked(db):
    _delivered(db, execute_at=TOMORROW, due_at=NOW)


@attack("transaction_is_delayed_until_a_moment", **WRITTEN)
def due_before_it_is_approved(db):
    db.copy("transaction", f"id = {db.facts.waiting}", key="attack", due_at=NOW)


@attack("transaction_completes_when_approved", **WRITTEN)
def delayed_without_approval(db):
    _set(db, db.facts.waiting, "status = 30, due_at = clock_timestamp()")


@attack("approval_comes_before_expiry", trigger="approval_is_not_by_the_proposer")
def approval_after_expiry(db):
    waiting = f"id = {db.facts.waiting}"
    db.approval(db.copy("transaction", waiting, key="attack", expires_at=YESTERDAY))


@attack("transaction_type_version_was_proposed", trigger="transaction_type_version_was_proposed")
def version_that_nobody_proposed(db):
    db.copy("transactiontype", "code = 'transfer'", version=9)


@attack("type_proposal_begins_waiting", permitted=True, **PROPOSAL)
def version_proposed_as_approved(db):
    _proposal(db, status=6, decider_id=db.world.auditor.person_id, decided_at=NOW)


@attack("type_proposal_changes_only_by_decision", **PROPOSAL)
def version_proposed_with_other_rules_later(db):
    db.execute("UPDATE registry_typeproposal SET rules = '{}' WHERE status = 0")


@attack("type_proposal_changes_only_by_decision", **PROPOSAL)
def version_decided_again(db):
    db.execute("UPDATE registry_typeproposal SET decision_reason = 'x' WHERE status = 4")


@attack("type_proposal_is_decided_by_another")
def version_approved_by_its_proposer(db):
    db.execute(
        "UPDATE registry_typeproposal SET status = 6, decider_id = proposer_id,"
        " decided_at = clock_timestamp() WHERE status = 0"
    )


@attack("type_proposal_is_decided_by_someone")
def version_decided_by_nobody(db):
    db.execute("UPDATE registry_typeproposal SET status = 6 WHERE status = 0")


@attack("type_proposal_approved_makes_a_version")
def version_approved_and_not_made(db):
    db.execute(
        "UPDATE registry_typeproposal SET status = 4, decider_id = %s,"
        " decided_at = clock_timestamp() WHERE status = 0",
        db.world.auditor.person_id,
    )


@attack("type_proposal_waits_alone", **OPEN)
def two_versions_proposed_at_a_time(db):
    db.copy("typeproposal", "status = 0")


@attack("transaction_type_bands_are_a_list")
def bands_that_are_no_list(db):
    _type(db, bands={"above": 1})


@attack("transaction_type_delays_for_some_time")
def delay_of_no_time(db):
    _type(db, delay="always")


@attack("transaction_type_delays_for_some_time")
def time_without_a_delay(db):
    _type(db, delay_hours=1)


@attack("transaction_type_proposals_live_for_some_time")
def proposals_that_expire_at_once(db):
    _type(db, expires_after_hours=0)


@attack("registry_transactiontype_expires_after_hours_check")
def proposals_that_have_expired_before(db):
    _type(db, expires_after_hours=-1)


@attack("registry_transactiontype_reversal_days_check")
def reversible_for_less_than_no_time(db):
    _type(db, reversal_days=-1)


@attack("registry_transactiontype_delay_days_check")
def delay_of_less_than_no_days(db):
    _type(db, delay="always", delay_days=-1, delay_hours=1)


@attack("registry_transactiontype_delay_hours_check")
def delay_of_less_than_no_hours(db):
    _type(db, delay="always", delay_days=1, delay_hours=-1)


@attack("registry_transaction_approvals_needed_check")
def needs_fewer_approvals_than_none(db):
    db.execute("ALTER TABLE registry_transaction DISABLE TRIGGER USER")
    _delivered(db, approvals_needed=-1)


@attack("issuance_stays_within_its_caps", trigger="issuance_stays_within_its_caps")
def issued_beyond_the_cap(db):
    db.execute("UPDATE registry_issuancecap SET units = 1 WHERE unit_type_id = %s", db.world.kau.pk)
    posting = db.draft("issue_at_once", lines=[db.line(source=None, quantity=10)])
    db.copy(
        "issuance",
        f"unit_type_id = {db.world.kau.pk}",
        first=900001,
        last=900010,
        posting_id=posting,
        xid=Expression("pg_current_xact_id()"),
    )


@attack("issuance_cap_is_not_negative", **OPEN)
def cap_below_nothing(db):
    db.execute("UPDATE registry_issuancecap SET units = -1")


@attack("issuance_cap_is_stated_once", **OPEN)
def two_caps_for_one_vintage(db):
    db.copy("issuancecap", "true", units=2)


@attack("group_limit_is_not_negative", **OPEN)
def group_limit_below_nothing(db):
    db.execute("UPDATE registry_grouplimit SET units = -1")


@attack("group_limit_is_stated_once", **OPEN)
def two_limits_for_one_group(db):
    db.copy("grouplimit", "true", units=2)


@attack("account_daily_limit_is_not_negative", **OPEN)
def daily_limit_below_nothing(db):
    db.execute("UPDATE registry_account SET daily_limit = -1 WHERE name = 'operator_a'")


@attack("account_day_is_one")
def day_counted_twice(db):
    db.copy("accountday", "true")


@attack("account_day_is_not_negative")
def day_below_nothing(db):
    db.execute("UPDATE registry_accountday SET units = -1")


@attack("reconciliation_ends_after_it_began", **OPEN)
def reconciliation_that_ended_before_it_began(db):
    db.execute("UPDATE registry_reconciliation SET ended_at = began_at - interval '1 second'")


@attack("calendar_day_is_said_once", **OPEN)
def day_said_twice(db):
    db.copy("calendarday", "true")


@attack("calendar_year_is_said_once", **OPEN)
def year_said_twice(db):
    db.copy("calendaryear", "true")


@attack("registry_calendaryear_year_check", **OPEN)
def year_before_our_era(db):
    db.copy("calendaryear", "true", year=-1)


@attack("office_closes_after_it_opens", **OPEN)
def office_that_closes_before_it_opens(db):
    db.execute("UPDATE registry_officehours SET closes = opens")


@attack("legacy_block_has_as_many_old_serials", **OPEN)
def old_serials_for_fewer_units(db):
    db.copy("legacyblock", "true", old_first=501, old_last=509)


@attack("legacy_serials_begin_once", **OPEN)
def old_serials_given_again(db):
    db.copy("legacyblock", "true")


@attack("opening_total_is_of_units", **OPEN)
def total_of_nothing(db):
    db.copy("openingtotal", "true", units=0)


@attack("opening_total_is_stated_once", **OPEN)
def two_totals_of_an_account(db):
    db.copy("openingtotal", "true", units=2)
