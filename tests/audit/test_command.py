"""manage.py check_ledger: what it prints, and the code that it exits with."""

import json
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import translation

from registry import posting, tasks
from registry.audit import report, runner
from registry.audit.every_rule import CODES, RULES
from registry.management.commands import check_ledger
from tests.world import moved, stock


def run(*arguments, terminal=False):
    """The command's exit code, its output and its errors."""
    out, err = StringIO(), StringIO()
    err.isatty = lambda: terminal
    try:
        call_command("check_ledger", *arguments, stdout=out, stderr=err)
    except SystemExit as leaving:
        return SimpleNamespace(code=leaving.code, out=out.getvalue(), err=err.getvalue())
    return SimpleNamespace(code=0, out=out.getvalue(), err=err.getvalue())


def corrupt():
    """Ten units of operator B vanish; the id of the issuance that they were of."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE registry_holding DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE registry_holding SET last = last - 10"
            " WHERE closed_by_id IS NULL AND first = (SELECT max(first) FROM registry_holding)"
            " RETURNING issuance_id"
        )
        (issuance,) = cursor.fetchone()
        cursor.execute("ALTER TABLE registry_holding ENABLE ALWAYS TRIGGER holding_is_append_only")
    return issuance


@pytest.fixture
def sound(fresh_database, world):
    """A small sound ledger, committed."""
    stock(world, operator_a=1500, operator_b=500)
    moved(world, world.at_home.operator_a, world.at_home.trading, 100)
    posting.sequence(100)
    return world


def test_sound_ledger_exits_with_zero(sound):
    """Each rule has its line with figures; the verdict says that nothing is wrong."""
    done = run()
    assert done.code == 0
    assert all(f"  {code} " in done.out for code in CODES)
    assert "KAU   issued 2,000   held 2,000" in done.out
    assert f"No violation; {len(RULES)} rules in" in done.out
    assert done.err == ""


def test_columns_are_aligned(sound):
    """Codes and verdicts begin in the same column for every rule."""
    lines = [line for line in run().out.splitlines() if f"/{len(RULES)}  " in line]
    assert len(lines) == len(RULES)
    assert len({line.index(" s  ") for line in lines}) == 1
    assert len({line.index("/") for line in lines}) == 1


def test_violation_exits_with_one_and_names_the_row(sound):
    """The rule, the table, the row and the serials are printed, and what to do next."""
    issuance = corrupt()
    done = run("--rule", "ISSUED_IS_HELD")
    assert done.code == 1
    expected = f"registry_issuance {issuance}: 10 KAU of issuance {issuance} are lost: 1991–2000."
    assert expected in done.out
    assert "KAU   issued 2,000   held 1,990" in done.out
    assert "1 violations; 1 rules in" in done.out
    assert "Nothing was changed." in done.out


def test_limit_cuts_findings_but_not_their_count(sound):
    """--limit prints the first findings and says how many more there are."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE registry_holding DISABLE TRIGGER USER")
        cursor.execute("UPDATE registry_holding SET is_foreign = NOT is_foreign RETURNING id")
        count = len(cursor.fetchall())
    done = run("--rule", "FOREIGN_IS_FLAGGED", "--limit", "2")
    assert done.code == 1
    assert done.out.count("registry_holding ") == 2
    assert f"… and {count - 2} more." in done.out
    silent = run("--rule", "FOREIGN_IS_FLAGGED", "--limit", "0")
    assert silent.code == 1
    assert f"… and {count} more." in silent.out


def test_json_is_complete(sound):
    """--json prints one document with figures and findings, and nothing else."""
    issuance = corrupt()
    done = run("--json", "--rule", "ISSUED_IS_HELD", "--rule", "HELD_ONCE")
    assert done.code == 1
    document = json.loads(done.out)
    assert document["violations"] == 1
    assert document["position"] == 2
    held, issued = document["rules"]
    assert held["figures"] == [{"holdings": 3, "units": 1990}]
    assert issued["figures"] == [{"of": "KAU", "issued": 2000, "held": 1990}]
    (finding,) = issued["findings"]
    assert (finding["table"], finding["row"]) == ("registry_issuance", str(issuance))
    assert finding["data"] == {"unit_type": "KAU", "first": 1991, "last": 2000, "units": 10}


def test_progress_is_shown_on_a_terminal_only(sound):
    """The rule that is being proved is written over by the next."""
    done = run("--rule", "HELD_ONCE", terminal=True)
    assert "1/1  HELD_ONCE  …" in done.err
    assert run("--rule", "HELD_ONCE").err == ""


def test_list_runs_nothing(fresh_database, monkeypatch):
    """--list prints every rule with what it says, without a look at the ledger."""
    monkeypatch.setattr(runner, "examine", None)
    done = run("--list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == list(CODES)


@pytest.mark.parametrize("arguments", [["--rule", "NO_SUCH_RULE"], ["--limit", "-1"]])
def test_wrong_arguments_do_not_look_like_violations(fresh_database, arguments):
    """What can not be run is refused, and the process would exit with 2."""
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    assert getattr(refusal.value, "returncode", 2) in (1, 2)


def test_failure_exits_with_two(sound):
    """A broken database is not a violation: exit code 2, and the reason."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE registry_sequencer")
    with pytest.raises(CommandError, match="registry_sequencer") as refusal:
        run("--rule", "POSTINGS_ARE_PLACED")
    assert refusal.value.returncode == check_ledger.COULD_NOT_RUN


def test_hidden_rows_are_a_failure_not_a_sound_ledger(sound):
    """Row security that would hide rows from the reader stops the audit."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE registry_holding ENABLE ROW LEVEL SECURITY")
    with pytest.raises(CommandError, match="row-level security") as refusal:
        run("--rule", "HELD_ONCE")
    assert refusal.value.returncode == check_ledger.COULD_NOT_RUN


def test_every_figure_has_a_name(sound):
    """Whatever a rule counts can be said in the reader's language."""
    with runner.snapshot("default") as cursor:
        results = list(runner.examine(cursor, RULES, role="nobody", limit=0))
    names = {key for result in results for row in result.figures for key in row} - {"of"}
    assert names == set(report.figure_names())


def test_output_is_in_the_readers_language(sound, monkeypatch):
    """Rules, figures, findings and the verdict all pass through translation when printed."""
    corrupt()
    monkeypatch.setattr(translation._trans, "gettext", lambda text: f"«{text}»")
    done = run("--rule", "ISSUED_IS_HELD")
    for begins in (
        "The ledger as",
        "What a registry",
        "held",
        "10 KAU of",
        "1 violations",
        "Nothing",
    ):
        assert f"«{begins}" in done.out


def test_nightly_task_is_silent_when_the_ledger_is_sound(sound, caplog):
    """Nothing is logged, nothing raised."""
    tasks.check_ledger()
    assert caplog.records == []


def test_nightly_task_raises_and_logs_violations(sound, caplog):
    """The task fails, so that it is seen, and each violation is in the log by row."""
    issuance = corrupt()
    with pytest.raises(runner.LedgerBroken, match=r"ISSUED_IS_HELD \(1\)"):
        tasks.check_ledger()
    assert any(f"registry_issuance {issuance}" in record.getMessage() for record in caplog.records)
