"""Delayed transactions while workers are killed: each is executed once, in its time, or never.

A failure prints its seed; `pytest tests/simulation --seed N` repeats the run, as far as moments at
which processes die can be repeated.
"""

import json
import os
import random
import subprocess
import sys

import pytest

from config.embedded.layout import PROJECT, layout

SEED = 1
STEPS = 200


def _simulate(database, *, seed, steps, breakage="none"):
    command = [sys.executable, "-m", "tests.simulation.delaying", database.name]
    command += ["--seed", str(seed), "--steps", str(steps), "--breakage", breakage]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env={
            **os.environ,
            "CONCORD_TESTS_HOME": str(layout().home),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        timeout=120 + 2 * steps,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1])


def _seed(request, run=0):
    seed = request.config.getoption("seed")
    return SEED + run if seed is None else seed + run


def test_each_is_executed_once_in_its_time(fresh_database, request):
    """Never before its time, never after its cancellation or expiry, never while stopped; and
    nothing is left over, whatever workers were killed at."""
    told = _simulate(fresh_database, seed=_seed(request), steps=STEPS)
    assert told["findings"] == [], told
    assert told["killed"] >= 5, told
    # Completed, expired and cancelled: each has happened.
    assert all(told["events"].get(status, 0) > 0 for status in ("4", "5", "40")), told
    assert told["acts"]["halt"] > 1, told


def test_workers_without_the_lock_are_found_out(fresh_database, request):
    """Two that look before they take execute the same transaction."""
    told = _simulate(fresh_database, seed=_seed(request), steps=STEPS, breakage="no lock")
    assert any("twice" in finding for finding in told["findings"]), told


@pytest.mark.slow
@pytest.mark.parametrize("run", range(2))
def test_long_runs_of_delays(fresh_database, request, run):
    """Hundreds of acts from new seeds; the seed of a failure is in its message."""
    seed = request.config.getoption("seed")
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed + run
    told = _simulate(fresh_database, seed=seed, steps=600)
    assert told["findings"] == [], told
