"""Each corruption is found by the rule that it belongs to, in the row that it was made in.

Corruptions are made one by one in a database transaction that the audit shares and that is
rolled back. The same list runs on a small ledger here and, marked slow, on a million holdings.
"""

import os

import pytest
from django.db import connections

from config.embedded.postgresql import APPLICATION
from registry.audit import runner
from registry.audit.every_rule import CODES, OWN, RULES
from tests import databases
from tests.audit.corruption import CORRUPTIONS
from tests.audit.corruptions import (
    decisions,
    guards,
    keys,
    log,
    marks,
    order,
    postings,
    rules,
    transactions,
    units,
)
from tests.audit.hand import Hand
from tests.audit.ledgers import build

CHAPTERS = (units, postings, transactions, rules, decisions, marks, order, keys, log, guards)
SIZES = [
    pytest.param(2_000, id="small"),
    pytest.param(1_000_000, id="million", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module", params=SIZES)
def ledger(request, django_db_setup, django_db_blocker):
    """A sound, committed ledger, and the database that it is in."""
    copy = databases.Copy(f"audited_{os.getpid()}_{request.param}")
    with django_db_blocker.unblock():
        databases.create(copy.name)
        before = {alias: connections.settings[alias]["NAME"] for alias in databases.ALIASES}
        for alias in databases.ALIASES:
            databases.point(alias, copy.name)
        try:
            built = build(request.param)
        finally:
            for alias, name in before.items():
                databases.point(alias, name)
        yield built, copy
        databases.drop(copy.name)


def examine(hand, *codes):
    """The results of rules, as the hand's own database transaction sees the ledger."""
    cursor = hand.connection.cursor()
    runner.prepare(cursor)
    rules = [rule for rule in RULES if not codes or rule.code in codes]
    return list(runner.examine(cursor, rules, role=APPLICATION, limit=1000))


def test_ledger_is_sound_before_it_is_corrupted(ledger):
    """Without a corruption no rule finds anything, and each has counted what it looked at."""
    built, copy = ledger
    with Hand(copy.owner_url, built) as hand:
        results = examine(hand)
    assert [finding.message for result in results for finding in result.findings] == []
    assert all(result.figures for result in results)


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=str)
def test_corruption_is_found_in_its_row(ledger, corruption):
    """The rule names the kind of violation and the row."""
    built, copy = ledger
    url = copy.superuser_url if corruption.superuser else copy.owner_url
    with Hand(url, built) as hand:
        if corruption.superuser:
            hand.run("SET LOCAL session_replication_role = replica")
        for table in corruption.off:
            hand.run(f"ALTER TABLE registry_{table} DISABLE TRIGGER USER")
        table, row = corruption.run(hand)
        (result,) = examine(hand, corruption.rule)
    named = [
        finding
        for finding in result.findings
        if (finding.what, finding.table, finding.row) == (corruption.what, table, str(row))
    ]
    assert named, [finding.message for finding in result.findings]
    assert result.violations >= len(result.findings)
    assert str(row) in named[0].message or table == "registry_sequencer"


def test_every_rule_and_every_text_has_a_corruption():
    """No rule, and no way to break a rule that it has a text for, is left untried."""
    texts = {(rule.code, what) for rule in OWN for what in rule.findings}
    assert {(c.rule, c.what) for c in CORRUPTIONS} == texts
    assert len(CHAPTERS) == 10
    assert len(set(CODES)) == len(CODES)
