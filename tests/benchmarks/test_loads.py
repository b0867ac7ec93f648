"""The loads: what they choose, and what their drivers read."""

import os

import pytest

from benchmarks import pgbench, processes
from benchmarks.__main__ import parse
from benchmarks.choices import LARGEST, Choices
from benchmarks.pgbench import LoadFailed

SAID = """\
transaction type: script.sql
number of clients: 8
number of transactions actually processed: 31234
number of failed transactions: 0 (0.000%)
latency average = 1.921 ms
initial connection time = 12.345 ms
tps = 4164.533333 (without initial connection time)
"""


def test_choices_are_between_two_different_accounts():
    """Sellers and buyers are two halves, so that a seller always holds one large block."""
    choices = Choices(seed=1, accounts=6)
    drawn = [choices.next() for _ in range(1_000)]
    assert {choice.source for choice in drawn} == {1, 2, 3}
    assert {choice.destination for choice in drawn} == {4, 5, 6}
    assert {choice.quantity for choice in drawn} == set(range(1, LARGEST + 1))


def test_choices_repeat_with_their_seed():
    """The same seed loads the same way, another seed another way."""
    first, again, other = Choices(seed=7), Choices(seed=7), Choices(seed=8)
    drawn = [first.next() for _ in range(20)]
    assert drawn == [again.next() for _ in range(20)]
    assert drawn != [other.next() for _ in range(20)]


def test_pgbench_figures_are_read():
    """The rate leaves the time of connecting out; what was processed is what was acknowledged."""
    tally = pgbench.read(SAID)
    assert tally.rate == pytest.approx(4164.533333)
    assert tally.acknowledged == 31_234
    assert tally.latency_ms == {"mean": 1.921}


@pytest.mark.parametrize(
    "said",
    [SAID.replace("transactions: 0 (0.000%)", "transactions: 3 (0.010%)"), "", "tps = 1"],
)
def test_pgbench_with_failures_is_no_figure(said):
    """A load that failed in part, or said something unknown, stops the measure."""
    with pytest.raises(LoadFailed):
        pgbench.read(said)


def _module(directory, monkeypatch, text):
    (directory / "load_for_test.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(directory))
    return "load_for_test"


def test_processes_start_together_and_are_summed(tmp_path, monkeypatch):
    """Rates and counts add up over the processes; the warm-up is acknowledged but not timed."""
    module = _module(
        tmp_path,
        monkeypatch,
        "import time\n"
        "from benchmarks.worker import serve\n"
        "def step():\n    time.sleep(0.02)\n    return 10\n"
        "serve(step, warm_up=2)\n",
    )
    tally = processes.drive(module, environment=dict(os.environ), seconds=0.3, processes=2)
    assert tally.acknowledged >= 2 * 2 * 10 + 2 * 10
    assert 100 < tally.rate <= 2 * 10 / 0.02
    assert tally.latency_ms["p50"] >= 20


def test_refusals_are_counted_and_are_no_success(tmp_path, monkeypatch):
    """What a ledger rightly refuses makes no rate."""
    module = _module(
        tmp_path,
        monkeypatch,
        "from benchmarks.worker import serve\n"
        "class Refused(Exception):\n    code = 'NOT_ENOUGH'\n"
        "def step():\n    raise Refused\n"
        "serve(step, warm_up=0, refusal=Refused)\n",
    )
    tally = processes.drive(module, environment=dict(os.environ), seconds=0.1, processes=1)
    assert tally.rate == 0
    assert tally.acknowledged == 0
    assert tally.refused["NOT_ENOUGH"] > 0


@pytest.mark.parametrize(
    "text",
    [
        "raise SystemExit('broken before the start')\n",
        "from benchmarks.worker import serve\n"
        "def step():\n    raise RuntimeError('broken at work')\n"
        "serve(step, warm_up=0)\n",
    ],
)
def test_a_process_that_breaks_stops_the_measure(tmp_path, monkeypatch, text):
    """Its last words are in the error, and no process is left behind."""
    module = _module(tmp_path, monkeypatch, text)
    with pytest.raises(LoadFailed, match="broken"):
        processes.drive(module, environment=dict(os.environ), seconds=0.1, processes=2)


def test_unknown_names_are_refused(capsys):
    """A misspelt measure is named, with those that exist."""
    with pytest.raises(SystemExit) as ended:
        parse(["--only", "l,sevrice"])
    assert ended.value.code == 2
    assert "unknown: sevrice" in capsys.readouterr().err


def test_quick_is_one_short_round():
    """The quick run finds out whether all works; its figures mean nothing."""
    chosen = parse(["--quick", "--only", "orm,l"])
    assert (chosen.rounds, chosen.seconds) == (1, 2)
    assert chosen.names == ["orm", "l"]
