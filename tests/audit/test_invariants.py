"""docs/invariants.md lists every guard of the ledger, and says of each what is so."""

import re
from pathlib import Path

import pytest
from django.db import connection

from registry.audit import expected
from registry.audit.every_rule import CODES
from registry.errors import CONSTRAINT_TEXTS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "invariants.md").read_text()
COLUMNS = ("rule", "object", "code", "test", "audit")
# What a row is about stands first; the trigger that refuses by that name may follow.
NAME = re.compile(r"^[a-z ]*`(\w+)`")


def rows():
    """The rows of the tables of guards, by the name of the guard."""
    cells = [line.strip("| ").split(" | ") for line in DOCUMENT.splitlines() if line[:2] == "| "]
    found = [dict(zip(COLUMNS, row, strict=True)) for row in cells if len(row) == len(COLUMNS)]
    return {
        NAME.match(row["object"])[1]: row for row in found if row["rule"] not in ("rule", "---")
    }


def query(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def constraints():
    """(name, kind) of every constraint and unique index of the ledger's tables."""
    return query(
        "SELECT conname, CASE contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key'"
        " WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique key' ELSE 'exclusion' END"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"
        " AND conrelid::regclass::text ~ '^registry_'"
        " UNION ALL SELECT indexrelid::regclass::text, 'unique index' FROM pg_index x"
        " WHERE indisunique AND indrelid::regclass::text ~ '^registry_'"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = x.indexrelid)"
    )


def triggers():
    return [
        name
        for (name,) in query(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid::regclass::text ~ '^registry_'"
        )
    ]


def refusals():
    """The names by which trigger functions refuse."""
    bodies = query(
        "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname ~ '^registry_'"
    )
    arguments = query(
        "SELECT split_part(encode(tgargs, 'escape'), '\\000', 1) FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgnargs > 0 AND tgrelid::regclass::text ~ '^registry_'"
        " AND tgname !~ '_is_remembered$'"
    )
    spoken = {name for (body,) in bodies for name in re.findall(r"refuse\(\s*'(\w+)'", body)}
    return spoken | {name for (name,) in arguments}


@pytest.mark.django_db
def test_every_guard_is_documented_and_nothing_else():
    """Constraints, unique indexes, triggers, and names by which triggers refuse."""
    guards = {name for name, _kind in constraints()} | set(triggers()) | refusals()
    assert set(rows()) == guards
    assert len(guards) > 150


@pytest.mark.django_db
def test_kinds_of_objects_are_right():
    """A check is called a check, a trigger a trigger."""
    documented = rows()
    for name, kind in constraints():
        assert documented[name]["object"] == f"{kind} `{name}`"
    for name in triggers():
        assert documented[name]["object"] == f"trigger `{name}`"


@pytest.mark.django_db
def test_refusing_triggers_exist():
    """Where a row names the trigger that refuses, there is one."""
    present = set(triggers())
    for row in rows().values():
        named = re.findall(r"`(\w+)`", row["object"])[1:]
        assert set(named) <= present, row["object"]


def test_error_codes_are_those_that_people_get():
    """The third column is the code of registry/errors.py; a dash where there is none."""
    documented = {name: row["code"].strip("`") for name, row in rows().items()}
    given = {name: code for name, code in documented.items() if code != "–"}
    assert given == {name: entry[1] for name, entry in CONSTRAINT_TEXTS.items()}


def test_tests_and_audit_rules_exist():
    """Each row points to a file of tests and to a rule of the audit."""
    for row in rows().values():
        assert (ROOT / "tests" / "database" / f"{row['test']}.py").is_file(), row["test"]
        assert row["audit"].strip("`") in CODES


def test_every_audit_rule_is_documented():
    """With what it proves and with its query, in the order in which the rules are run."""
    listed = re.findall(r"^\| `(\w+)` \| (.+?) \| \[\w+\.sql\]\(\.\./(.+?)\) \|$", DOCUMENT, re.M)
    assert [code for code, _says, _path in listed] == list(CODES)
    assert all((ROOT / path).is_file() for _code, _says, path in listed)


@pytest.mark.django_db
def test_audit_expects_every_guard():
    """The audit's own lists leave no constraint, trigger or table of the ledger out."""
    lists = expected.lists()
    own = {
        kind: {
            name
            for of, table in lists[kind].items()
            if of.startswith("registry_")
            for name in table
        }
        for kind in ("constraints", "triggers")
    }
    assert own["constraints"] == {name for name, _kind in constraints()}
    assert own["triggers"] == set(triggers())
    tables = query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' AND relname ~ '^registry_'"
    )
    assert {name for name in lists["rights"] if name.startswith("registry_")} == {
        name for (name,) in tables
    }
