"""How rules are run: read-only, in one moment, and independently of what they judge."""

import ast
import inspect
import re
from pathlib import Path

import psycopg2
import pytest
from django.db import InternalError, connections

from registry import audit
from registry.audit import expected, runner
from registry.audit.every_rule import OWN, RULES
from registry.audit.rules import SQL, ComputedRule, Rule
from tests.world import stock

AUDIT = Path(audit.__file__).parent


def test_audit_writes_nothing(fresh_database):
    """Not even the owner could write in the audit's database transaction."""
    with pytest.raises(InternalError) as refusal:
        with runner.snapshot("owner") as cursor:
            cursor.execute("UPDATE registry_sequencer SET watermark = 0")
    assert isinstance(refusal.value.__cause__, psycopg2.errors.ReadOnlySqlTransaction)


def test_all_rules_see_one_moment(fresh_database, world):
    """What others commit while the audit runs is not seen by its later rules."""
    rules = [rule for rule in RULES if rule.code in ("ISSUED_ONCE", "HELD_ONCE")]
    with runner.snapshot("owner") as cursor:
        before = runner.moment(cursor)
        results = runner.examine(cursor, rules, role="nobody", limit=1)
        first = next(results)
        stock(world, operator_a=100)
        second = next(results)
        assert runner.moment(cursor) == before
    assert first.figures == [{"issuances": 0, "units": 0}]
    assert second.figures == [{"holdings": 0, "units": 0}]


def test_settings_end_with_the_audit(fresh_database):
    """The connection is as it was afterwards."""
    with runner.snapshot("default"):
        pass
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_nestloop'), current_setting('row_security')")
        assert cursor.fetchone() == ("on", "on")


def test_all_violations_are_counted_and_the_first_returned(fresh_database):
    """The limit bounds what is kept in memory, not what is counted."""

    class Many(Rule):
        figures_sql = "SELECT 1 AS rows"
        findings_sql = (
            "SELECT 'odd' AS what, 'registry_holding' AS \"table\", n::text AS row,"
            " jsonb_build_object('n', n) AS data FROM generate_series(1, 1000) n"
        )

    with runner.snapshot("default") as cursor:
        rule = Many("MANY", "", {"odd": "Row %(row)s, %(n)s."})
        (result,) = runner.examine(cursor, [rule], role="nobody", limit=3)
    assert result.violations == 1000
    assert [finding.message for finding in result.findings] == [
        "Row 1, 1.",
        "Row 2, 2.",
        "Row 3, 3.",
    ]


def test_audit_imports_nothing_of_what_it_judges():
    """Only itself, Django's plumbing and the standard library."""
    allowed = ("registry.audit", "django.conf", "django.db", "django.utils")
    wrong = []
    for path in AUDIT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            wrong += [
                f"{path.name}: {name}"
                for name in names
                if name.startswith(("registry", "django", "config", "linking", "mrv"))
                and not name.startswith(allowed)
            ]
    assert wrong == []


def test_rules_call_no_function_of_the_ledger():
    """The SQL of the rules names the ledger's tables, and no function or view beside them."""
    functions = set(expected.released_functions())
    for path in SQL.glob("*.sql"):
        words = set(re.findall(r"registry_\w+", path.read_text()))
        assert not words & functions, path.name
        assert "registry_transactionline" not in words, path.name


def test_each_file_belongs_to_one_rule():
    """No SQL lies about unused, and no rule lacks its file."""
    files = {path.stem for path in SQL.glob("*.sql") if not path.stem.endswith(".part")}
    assert files == {rule.code.lower() for rule in OWN}


def test_texts_take_only_what_the_queries_give():
    """Placeholders are named in the SQL, besides the row itself."""
    for rule in RULES:
        said = finder(rule)
        for what, text in rule.findings.items():
            names = set(re.findall(r"%\((\w+)\)s", str(text))) - {"row"}
            missing = {name for name in names if f"'{name}'" not in said}
            assert not missing, (rule.code, what, missing)
            assert f"'{what}'" in said, (rule.code, what)


def finder(rule):
    """What finds violations: the rule's query, or the module of its judge."""
    if isinstance(rule, ComputedRule):
        return inspect.getsource(inspect.getmodule(rule.judge)).replace('"', "'")
    return rule.findings_sql


def test_computed_rules_count_all_and_keep_the_first(fresh_database):
    """Rows come one by one from the server, and only what is asked for is kept."""
    seen = []

    def judge(numbers, words):
        for (number,), (word,) in zip(numbers, words, strict=True):
            seen.append(number)
            yield "odd", "registry_holding", word, {"n": number}

    class Many(ComputedRule):
        figures_sql = "SELECT 1 AS rows"
        rows_sql = {
            "numbers": "SELECT n FROM generate_series(1, 5000) n ORDER BY n",
            "words": "SELECT n::text AS word FROM generate_series(1, 5000) n ORDER BY n",
        }

    with runner.snapshot("default") as cursor:
        rule = Many("MANY", "", {"odd": "Row %(row)s, %(n)s."}, judge=judge)
        (result,) = runner.examine(cursor, [rule], role="nobody", limit=2)
    assert (result.violations, len(seen)) == (5000, 5000)
    assert [finding.message for finding in result.findings] == ["Row 1, 1.", "Row 2, 2."]
