"""Keys and columns that Django names itself, attacked one after the other from the catalogue."""

import psycopg2
import pytest

from tests.database.attacker import Expression

NOT_NULL_VIOLATION = "23502"
# Identities that the rows bring with them; the others are given by the database.
OWN_IDENTITIES = {
    "registry_position": "position",
    "registry_logleaf": "index",
}


def _disarm(attacker, table):
    """Guards of the table would refuse some of these rows first; here only the key is asked."""
    attacker.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def _refusal(attacker, run, *arguments, **changes):
    with pytest.raises(psycopg2.Error) as caught:
        run(*arguments, **changes)
        attacker.immediate()
    attacker.connection.rollback()
    return caught.value


def _copy(attacker, table, /, **changes):
    return _refusal(attacker, attacker.copy, table.removeprefix("registry_"), "true", **changes)


def _constraints(attacker, kind):
    """(table, constraint, columns) of the constraints of a kind."""
    return attacker.execute(
        "SELECT c.conrelid::regclass::text, c.conname, array_agg(a.attname::text)"
        " FROM pg_constraint c JOIN pg_attribute a"
        "   ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
        " WHERE c.contype = %s AND c.conrelid::regclass::text LIKE 'registry\\_%%'"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        kind,
    ).fetchall()


def test_every_reference_leads_to_a_row(owner):
    """A row that refers to nothing is refused at the latest at the commit, by its key's name."""
    found = [row for row in _constraints(owner, "f") if len(row[2]) == 1]
    for table, name, (column,) in found:
        _disarm(owner, table)
        # If possible a row that refers to something already: another rule may forbid it to others.
        one_row = f"ctid = (SELECT ctid FROM {table} ORDER BY {column} NULLS LAST LIMIT 1)"
        update = f"UPDATE {table} SET {column} = 1000000000 WHERE {one_row}"
        error = _refusal(owner, owner.execute, update)
        assert error.diag.constraint_name == name, error
    assert len(found) > 30


def test_every_primary_key_is_one(owner):
    """A second row with the identity of another is refused."""
    found = _constraints(owner, "p")
    for table, name, (column,) in found:
        _disarm(owner, table)
        error = _copy(owner, table, **{column: Expression(f'"{column}"')})
        assert error.diag.constraint_name == name, error
    assert len(found) > 25


def test_every_code_is_unique(owner):
    """Codes, numbers and digests name one row each."""
    found = [
        (table, name, columns)
        for table, name, columns in _constraints(owner, "u")
        if name.endswith(("_key", "_uniq"))
    ]
    for table, name, _columns in found:
        _disarm(owner, table)
        for other_table, other, _other_columns in _constraints(owner, "u"):
            if other_table == table and other != name:
                owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {other} CASCADE")
        identity = OWN_IDENTITIES.get(table)
        key = {identity: Expression(f'"{identity}" + 1000')} if identity else {}
        assert _copy(owner, table, **key).diag.constraint_name == name
    assert len(found) > 10


def test_every_required_column_is_required(owner):
    """No column that must be known can be left unknown."""
    found = owner.execute(
        "SELECT attrelid::regclass::text, attname::text FROM pg_attribute"
        " JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r'"
        " WHERE attnotnull AND attnum > 0 AND attgenerated = '' AND attidentity = ''"
        " AND relname LIKE 'registry\\_%%'"
    ).fetchall()
    for table, column in found:
        _disarm(owner, table)
        error = _copy(owner, table, **{column: None})
        assert (error.pgcode, error.diag.column_name) == (NOT_NULL_VIOLATION, column), error
    assert len(found) > 150
