"""Attacks on the changes of reference data, and on their way around approval."""

from tests.database.attack import attack
from tests.database.attacker import NOW

WRITTEN = {"trigger": "reference_change_keeps_what_it_says"}
# The application's role may write these tables; the rule alone refuses it.
OPEN = {"permitted": True}
WAITING = "status = 'waiting'"
# Two system administrators are there; the next statement about roles finds it out.
GOVERN = "UPDATE registry_roleassignment SET role = role WHERE false"


def _change(db, **changes):
    return db.copy("referencechange", WAITING, **{"identity": "XX", **changes})


def _decide(db, assignment):
    db.execute(f"UPDATE registry_referencechange SET {assignment} WHERE {WAITING}")


def _decided_by(db, person, status="rejected"):
    return f"status = '{status}', decided_at = clock_timestamp(), decider_id = {person}"


@attack("reference_change_begins_waiting", permitted=True, **WRITTEN)
def change_proposed_as_approved(db):
    _change(db, status="approved", decider_id=db.world.auditor.person_id, decided_at=NOW)


@attack("reference_change_keeps_what_it_says", **WRITTEN)
def change_that_says_something_else_later(db):
    _decide(db, "new = old")


@attack("reference_change_keeps_what_it_says", **WRITTEN)
def change_of_another_row_later(db):
    _decide(db, "row_id = row_id + 1")


@attack("reference_change_keeps_what_it_says", **WRITTEN)
def change_decided_again(db):
    db.execute(
        "UPDATE registry_referencechange SET decision_reason = 'x' WHERE status = 'approved'"
    )


@attack("reference_change_is_decided_by_another")
def change_rejected_by_its_proposer(db):
    _decide(db, _decided_by(db, "proposer_id"))


@attack("reference_change_is_decided_by_another")
def change_approved_by_its_proposer(db):
    _decide(db, _decided_by(db, "proposer_id", "approved") + ", applied_xid = pg_current_xact_id()")


@attack("reference_change_is_decided_by_someone")
def change_decided_by_nobody(db):
    _decide(db, "status = 'rejected'")


@attack("reference_change_approved_is_applied")
def change_approved_and_not_applied(db):
    _decide(db, _decided_by(db, db.world.auditor.person_id, "approved"))


@attack("reference_change_waits_alone", **OPEN)
def two_changes_of_a_row_at_a_time(db):
    db.copy("referencechange", WAITING)


@attack("reference_change_table_is_known", **OPEN)
def change_of_the_ledger(db):
    _change(db, table="holding")


@attack("reference_change_says_what_changes", **OPEN)
def change_that_says_nothing(db):
    _change(db, new=None)


@attack("reference_change_says_what_changes", **OPEN)
def addition_of_what_was_there(db):
    _change(db, operation="add")


@attack("reference_change_has_a_reason_and_a_source", **OPEN)
def change_without_a_reason(db):
    _change(db, reason="")


@attack("reference_change_has_a_reason_and_a_source", **OPEN)
def change_without_a_source(db):
    _change(db, source="")


@attack("reference_loading_says_what")
def loading_of_nothing(db):
    db.execute("SELECT registry_begin_loading('')")


@attack(
    "reference_data_change_by_approval", trigger="roleassignment_begins_four_eyes", permitted=True
)
def row_changed_when_there_are_two_to_approve(db):
    db.execute(GOVERN)
    db.execute("UPDATE registry_fact SET value = '2'")


@attack("reference_data_change_by_approval", trigger="fact_changes_by_approval", permitted=True)
def row_written_twice_in_the_transaction_of_a_change(db):
    """The approval of one change opens the way for exactly that row as it says."""
    db.execute(GOVERN)
    change, digest, other = db.execute(
        "SELECT c.id, c.payload_hash, p.id FROM registry_referencechange c, registry_person p"
        f" WHERE c.{WAITING} AND p.id <> c.proposer_id LIMIT 1"
    ).fetchone()
    db.execute(
        "SELECT registry_decide_reference(%s, %s, %s, 'approved', '')", change, other, digest
    )
    db.execute("UPDATE registry_fact SET value = '2'")


ROWS = (
    ("jurisdiction", "name_en"),
    ("scheme", "status"),
    ("registry", "name_en"),
    ("unittype", "description"),
    ("unittypealias", "note"),
    ("accountclass", "name_en"),
    ("corporategroup", "name"),
    ("grouplimit", "units"),
    ("registryrules", "version"),
    ("issuancecap", "units"),
    ("calendarday", "is_working"),
    ("calendaryear", "is_published"),
    ("officehours", "opens"),
    ("fact", "value"),
    ("source", "what"),
)
DELETABLE = ("unittypealias", "calendarday", "calendaryear", "officehours", "fact", "source")
ADDED = (
    ("jurisdiction", {"code": "XX"}),
    ("calendarday", {"day": "2031-01-01"}),
    ("fact", {"param": "x"}),
)


def _attack(verb, table, write):
    def run(db):
        db.execute(GOVERN)
        write(db)

    run.__name__ = f"{verb}_{table}_without_approval"
    attack(
        "reference_data_change_by_approval",
        trigger=f"{table}_changes_by_approval",
        permitted=True,
    )(run)


for name, column in ROWS:
    # Not even to the same value.
    statement = f"UPDATE registry_{name} SET {column} = {column}"
    _attack("update", name, lambda db, sql=statement: db.execute(sql))

for name in DELETABLE:
    _attack("delete", name, lambda db, sql=f"DELETE FROM registry_{name}": db.execute(sql))

for name, changes in ADDED:
    _attack("insert", name, lambda db, row=name, new=changes: db.copy(row, "true", **new))
