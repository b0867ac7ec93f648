"""Every change of reference data is remembered, by whatever statement it comes."""

import psycopg2
import pytest

from registry.reference_tables import TABLES

# A statement for each table that changes a row of it.
CHANGED = {
    "jurisdiction": "currency = 'XXX'",
    "scheme": "status = 'x'",
    "registry": "name_ja = 'x'",
    "unit_type": "description = 'x'",
    "unit_type_alias": "note = 'x'",
    "account_class": "name_ja = 'x'",
    "account_holder": "sector = 'x'",
    "corporate_group": "name = 'x'",
    "group_limit": "units = units + 1",
    "registry_rules": "valid_to = '2099-01-01Z'",
    "issuance_cap": "units = units + 1",
    "calendar_day": "note = 'x'",
    "calendar_year": "is_published = NOT is_published",
    "office_hours": "closes = '19:00'",
    "fact": "unit = 'x'",
    "source": "years = 'x'",
}
LATEST = (
    "SELECT operation, old, new, change_id, loading_id, role FROM registry_referencehistory"
    " ORDER BY id DESC LIMIT 1"
)


def _count(attacker):
    return attacker.one("SELECT count(*) FROM registry_referencehistory")


@pytest.mark.parametrize("name", [table.value for table in TABLES])
def test_change_is_remembered_by_its_trigger(name, owner):
    """Old and new, and the role; without the trigger nothing; no row for what says the same."""
    table = name.replace("_", "")
    one = f"(SELECT min(id) FROM registry_{table})"
    before = _count(owner)
    owner.execute(f"UPDATE registry_{table} SET id = id")
    assert _count(owner) == before
    owner.execute(f"UPDATE registry_{table} SET {CHANGED[name]} WHERE id = {one}")
    assert _count(owner) == before + 1
    operation, old, new, change, loading, role = owner.execute(LATEST).fetchone()
    assert (operation, change, loading) == ("change", None, None)
    assert old != new and old["id"] == new["id"] and "owner" in role
    owner.connection.rollback()
    owner.execute(f"ALTER TABLE registry_{table} DISABLE TRIGGER {table}_is_remembered")
    owner.execute(f"UPDATE registry_{table} SET {CHANGED[name]} WHERE id = {one}")
    assert _count(owner) == before


def test_loading_is_remembered_as_one(owner):
    """What the owner loads names the loading, also when rows change by approval only."""
    owner.execute("UPDATE registry_reference SET governed_since = clock_timestamp()")
    loading = owner.one("SELECT registry_begin_loading('reference data of 2027')")
    owner.execute("UPDATE registry_fact SET value = '3' WHERE jurisdiction_id IS NULL")
    assert owner.execute(LATEST).fetchone()[4] == loading


def test_application_begins_no_loading(application):
    """Neither by the function nor by a row."""
    for statement in (
        "SELECT registry_begin_loading('x')",
        "INSERT INTO registry_referenceloading (what, begun_at, role, xid)"
        " VALUES ('x', now(), 'x', pg_current_xact_id())",
        'INSERT INTO registry_referencehistory ("table", row_id, operation, at, role)'
        " VALUES ('fact', 1, 'add', now(), 'x')",
        "UPDATE registry_reference SET governed_since = NULL",
        "UPDATE registry_referencechange SET status = 'approved'",
    ):
        application.execute("SAVEPOINT tried")
        with pytest.raises(psycopg2.Error) as refused:
            application.execute(statement)
        assert refused.value.pgcode == "42501", statement
        application.execute("ROLLBACK TO tried")
