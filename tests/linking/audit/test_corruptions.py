"""Each corruption of the tables of links is found by its rule, in the row that it was made in."""

import os
import re

import pytest
from django.db import connections

from config.embedded.postgresql import APPLICATION
from linking.audit.every_rule import EXPECTED, HERE, RULES
from registry import facts
from registry.audit import expected, runner
from tests import databases
from tests.audit.hand import Hand
from tests.linking.audit.corruptions import CORRUPTIONS
from tests.linking.audit.ledger import build
from tests.linking.conftest import make_table
from tests.world import make_world


@pytest.fixture(scope="module")
def ledger(django_db_setup, django_db_blocker, tmp_path_factory):
    """A sound, committed ledger, and the database that it is in."""
    from django.conf import settings

    copy = databases.Copy(f"links_{os.getpid()}")
    keys, before = settings.CONCORD["KEYS_DIR"], {}
    with django_db_blocker.unblock():
        databases.create(copy.name)
        for alias in databases.ALIASES:
            before[alias] = connections.settings[alias]["NAME"]
            databases.point(alias, copy.name)
        settings.CONCORD["KEYS_DIR"] = str(tmp_path_factory.mktemp("links") / "keys")
        facts.forget()
        try:
            built = build(make_table(make_world()))
        finally:
            settings.CONCORD["KEYS_DIR"] = keys
            for alias, name in before.items():
                databases.point(alias, name)
            facts.forget()
        yield built, copy
        databases.drop(copy.name)


def examine(hand, rules):
    cursor = hand.connection.cursor()
    runner.prepare(cursor)
    return list(runner.examine(cursor, rules, role=APPLICATION, limit=100))


def test_links_are_sound_before_they_are_corrupted(ledger):
    """No rule finds anything, and each has counted something."""
    _built, copy = ledger
    with Hand(copy.owner_url) as hand:
        results = examine(hand, RULES)
    assert [finding.message for result in results for finding in result.findings] == []
    for result in results:
        assert all(count > 0 for figures in result.figures for count in figures.values())


@pytest.mark.parametrize(("rule", "what"), CORRUPTIONS)
def test_corruption_is_found_in_its_row(ledger, rule, what):
    """The rule names the kind of violation, the table and the row."""
    built, copy = ledger
    with Hand(copy.superuser_url) as hand:
        hand.run("SET LOCAL session_replication_role = replica")
        tables = hand.run(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^linking_'"
            " UNION SELECT 'registry_transaction'"
        )
        for (table,) in tables.fetchall():
            hand.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        table, row = CORRUPTIONS[rule, what](hand, built)
        (result,) = examine(hand, [each for each in RULES if each.code == rule])
    named = [
        finding
        for finding in result.findings
        if (finding.what, finding.table, finding.row) == (what, table, str(row))
    ]
    assert named, [(f.what, f.table, f.row, f.message) for f in result.findings]
    assert str(row) in named[0].message


def test_every_rule_and_every_text_has_a_corruption():
    """No way to break a rule that it has a text for is left untried."""
    assert set(CORRUPTIONS) == {(rule.code, what) for rule in RULES for what in rule.findings}


def test_each_file_belongs_to_one_rule():
    """No SQL lies about unused, and no rule lacks its file."""
    files = {path.stem for path in (HERE / "sql").glob("*.sql")}
    assert files == {rule.code.lower() for rule in RULES}


def test_guards_of_links_are_looked_at(ledger):
    """A dropped constraint, a trigger that is off, a hollowed function: each is found."""
    from registry.audit.every_rule import RULES as EVERY

    _built, copy = ledger
    done = {
        "ALTER TABLE linking_agreement DROP CONSTRAINT agreement_code_can_be_printed":
            ("CONSTRAINTS_IN_PLACE", "missing", "agreement_code_can_be_printed"),
        "ALTER TABLE linking_linkedge DISABLE TRIGGER linking_linkedge_is_append_only":
            ("TRIGGERS_IN_PLACE", "not_always", "linking_linkedge_is_append_only"),
        "CREATE OR REPLACE FUNCTION linking_edge_changed() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'":
            ("FUNCTIONS_AS_RELEASED", "differs", "linking_edge_changed"),
        f"GRANT TRUNCATE ON linking_release TO {APPLICATION}":
            ("ROLE_HAS_NO_MORE_RIGHTS", "table", "linking_release"),
        "ALTER TABLE linking_comment SET UNLOGGED": ("TABLES_ARE_PLAIN", "not_logged",
                                                     "linking_comment"),
    }  # fmt: skip
    for sql, (code, what, row) in done.items():
        with Hand(copy.owner_url) as hand:
            hand.run(sql)
            (result,) = examine(hand, [rule for rule in EVERY if rule.code == code])
        assert (what, row) in [(f.what, f.row) for f in result.findings], code


@pytest.mark.django_db
def test_audit_expects_every_guard_of_links():
    """Its lists leave no constraint, trigger or table out."""
    import tomllib

    lists = tomllib.loads(EXPECTED.read_text())
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
            " WHERE r.relname ~ '^linking_' AND contype <> 'n'"
            " UNION SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
            " JOIN pg_class r ON r.oid = x.indrelid WHERE x.indisunique AND r.relname ~ '^linking_'"
        )
        assert {n for (n,) in cursor} == {n for t in lists["constraints"].values() for n in t}
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid::regclass::text ~ '^linking_'"
        )
        assert {n for (n,) in cursor} == {n for t in lists["triggers"].values() for n in t}
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^linking_'")
        assert {n for (n,) in cursor} == set(lists["rights"])
    assert set(lists["rights"]) <= set(expected.lists()["rights"])


def test_rules_call_no_function_of_links():
    """They read tables by plain SQL, and import nothing of what they judge."""
    functions = {name for name in expected.released_functions() if name.startswith("linking_")}
    assert functions
    for path in (HERE / "sql").glob("*.sql"):
        assert not set(re.findall(r"linking_\w+", path.read_text())) & functions, path.name
    for path in HERE.glob("*.py"):
        assert not re.search(r"^(from|import) (linking|\.\.)", path.read_text(), re.M), path.name
