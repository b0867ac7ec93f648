"""The application's role: it owns nothing, and may do to each table what grants.py says."""

import psycopg2
import pytest
from django.apps import apps

from registry import grants

PERMISSION_DENIED = "42501"
STATEMENTS = {
    "SELECT": "SELECT FROM {table} LIMIT 1",
    "INSERT": "INSERT INTO {table} ({column}) SELECT {column} FROM {table} WHERE false",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
    "TRUNCATE": "TRUNCATE {table}",
}


# No statement writes to them, whoever asks.
VIEWS = {"registry_transactionline"}
# Tables that no model stands for.
SQL_ONLY = {"registry_reference"}


def _allowed(attacker, statement):
    """Whether the statement is permitted; what else may happen to it does not count."""
    attacker.execute("SAVEPOINT tried")
    try:
        attacker.execute(statement)
    except psycopg2.Error as error:
        attacker.execute("ROLLBACK TO tried")
        return error.pgcode != PERMISSION_DENIED
    return True


@pytest.mark.parametrize("table", sorted(set(grants.TABLES) - VIEWS))
def test_rights_on_a_table(table, application):
    """Each right is tried, those that are given and those that are not."""
    column = application.one(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND attgenerated = '' AND attidentity = '' ORDER BY attnum LIMIT 1",
        table,
    )
    allowed = {
        right
        for right, statement in STATEMENTS.items()
        if _allowed(application, statement.format(table=table, column=f'"{column}"'))
    }
    assert allowed == set(grants.TABLES[table].split(", "))


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_views_are_read(view, application):
    """A view shows what its tables hold, and is written by nobody."""
    for right in STATEMENTS:
        has = "SELECT has_table_privilege(%s, %s)"
        assert application.one(has, view, right) == (right == "SELECT")


def test_every_table_of_the_registry_is_listed():
    """A new table has no rights by accident."""
    tables = {
        model._meta.db_table
        for model in apps.get_app_config("registry").get_models(include_auto_created=True)
    }
    assert tables == set(grants.TABLES) - SQL_ONLY


def test_role_may_call_the_gate_only(application):
    """Of the functions of the ledger, the role may call exactly those that are listed."""
    callable_ = application.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'registry\\_%%' AND has_function_privilege(oid, 'EXECUTE')"
    )
    assert {name for (name,) in callable_} == set(grants.FUNCTIONS)
    assert len(grants.FUNCTIONS) == len(set(grants.FUNCTIONS))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT registry_write_moves(1, '{}')",
        "SELECT registry_perform(NULL, NULL, NULL, NULL, false)",
        "SELECT setval('registry_posting_id_seq', 1)",
        "SET session_replication_role = replica",
        "ALTER TABLE registry_holding DISABLE TRIGGER holding_is_closed_once",
        "ALTER TABLE registry_posting DROP CONSTRAINT registry_posting_pkey",
        "DROP TRIGGER posting_is_checked ON registry_posting",
        "CREATE OR REPLACE FUNCTION registry_check_moved(bigint) RETURNS void"
        " LANGUAGE sql AS 'SELECT'",
        "SET ROLE concord_owner",
    ],
)
def test_role_can_not_reach_round_the_gate(statement, application):
    """Inner functions, sequences, guards and the owner's rights are out of reach."""
    with pytest.raises(psycopg2.Error) as caught:
        application.execute(statement)
    assert caught.value.pgcode in (PERMISSION_DENIED, "42883"), caught.value


def test_functions_that_run_as_the_owner_fix_their_search_path(owner):
    """A function that runs with more rights than its caller finds only the tables it means."""
    functions = owner.execute(
        "SELECT proname, proconfig FROM pg_proc WHERE prosecdef"
        " AND pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert len(functions) >= 4
    for name, settings in functions:
        assert "search_path=public, pg_temp" in (settings or []), name
