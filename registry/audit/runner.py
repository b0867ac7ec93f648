"""Running the rules: read-only, in one snapshot, without knowing what they say."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import connections, transaction

from . import expected
from .rules import ComputedRule, Rule

# Sorts and hashes beyond this go to disk, so memory does not grow with the ledger.
MEMORY = "64MB"

# Rows that are fetched at once where they are streamed.
FETCHED = 2_000

# All violations are counted, and the first of them returned.
FINDINGS = """
SELECT count(*) OVER () AS total, f.what, f."table", f.row, f.data::text
FROM ({findings}) f
ORDER BY f."table", length(f.row), f.row, f.what, f.data
LIMIT %(limit)s
"""


class LedgerBroken(Exception):
    """The audit has found violations; the log names them."""


@dataclass(frozen=True)
class Finding:
    """One violation: which rule, how, in which row of which table, and the particulars."""

    rule: Rule
    what: str
    table: str
    row: str
    data: dict

    @property
    def message(self) -> str:
        """In the reader's language."""
        return str(self.rule.findings[self.what]) % {"row": self.row, **self.data}


@dataclass(frozen=True)
class Result:
    """What one rule counted, and the violations found: all counted, the first ones in full."""

    rule: Rule
    figures: list[dict]
    violations: int
    findings: list[Finding]
    seconds: float


@dataclass(frozen=True)
class Moment:
    """The moment that all rules see: the database's clock, and the last position then."""

    at: datetime
    position: int


@contextmanager
def snapshot(alias: str):
    """A cursor in which every rule sees the same moment and can write nothing.

    Row security that would hide rows from the reader is an error instead.
    """
    with transaction.atomic(using=alias, durable=True), connections[alias].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        prepare(cursor)
        yield cursor


def prepare(cursor) -> None:
    """Set for this transaction what lets large ledgers be read steadily.

    Statistics can be missing right after a bulk load; without nested loops the worst plan is
    still a scan and a sort.
    """
    cursor.execute("SET LOCAL search_path = public, pg_catalog, pg_temp")
    cursor.execute("SET LOCAL row_security = off")
    cursor.execute("SET LOCAL statement_timeout = 0")
    cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL jit = off")
    # What is streamed is read to its end.
    cursor.execute("SET LOCAL cursor_tuple_fraction = 1")


def moment(cursor) -> Moment:
    cursor.execute(
        "SELECT transaction_timestamp(), coalesce(max(position), 0) FROM registry_position"
    )
    return Moment(*cursor.fetchone())


def application_role(cursor) -> str:
    """The role that the application connects as; the present one where settings name none."""
    cursor.execute("SELECT session_user")
    (present,) = cursor.fetchone()
    return settings.DATABASES["default"].get("USER") or present


def examine(
    cursor,
    rules,
    *,
    role: str,
    limit: int,
    begin: Callable[[int, Rule], None] = lambda index, rule: None,
) -> Iterator[Result]:
    """The result of each rule, as it comes. `begin` is told before each; `role` is the
    application's role in the database; `limit` is how many findings a rule gives in full."""
    parameters = {**expected.parameters(), "role": role}
    for index, rule in enumerate(rules, 1):
        begin(index, rule)
        started = time.monotonic()
        figures = _rows(cursor, rule.figures_sql, parameters)
        find = _computed if isinstance(rule, ComputedRule) else _queried
        violations, findings = find(cursor, rule, parameters, limit)
        yield Result(rule, figures, violations, findings, seconds=time.monotonic() - started)


def _queried(cursor, rule, parameters, limit):
    """How many violations the rule's query finds, and the first of them."""
    rows = _rows(
        cursor,
        FINDINGS.format(findings=rule.findings_sql),
        # At least one row, which carries the count.
        {**parameters, "limit": max(limit, 1)},
    )
    findings = [
        Finding(rule, row["what"], row["table"], row["row"], json.loads(row["data"]))
        for row in rows[:limit]
    ]
    return rows[0]["total"] if rows else 0, findings


def _computed(cursor, rule, parameters, limit):
    """How many violations the rule's judge finds, and the first of them."""
    violations, findings = 0, []
    with ExitStack() as opened:
        streams = {
            name: _stream(
                # A cursor with a name stays in the server, which gives its rows bit by bit.
                opened.enter_context(closing(cursor.connection.cursor(f"rows_{name}"))),
                sql,
                parameters,
            )
            for name, sql in rule.rows_sql.items()
        }
        for what, table, row, data in rule.judge(**streams):
            violations += 1
            if len(findings) < limit:
                findings.append(Finding(rule, what, table, row, data))
    return violations, findings


def _stream(cursor, sql, parameters):
    cursor.execute(sql, parameters)
    while rows := cursor.fetchmany(FETCHED):
        yield from rows


def _rows(cursor, sql, parameters):
    cursor.execute(sql, parameters)
    names = [column.name for column in cursor.description]
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]


def _plain(value):
    return int(value) if isinstance(value, Decimal) else value
