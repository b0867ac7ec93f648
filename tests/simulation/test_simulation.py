"""Random work while servers are killed: what was acknowledged is found, and nothing is done twice.

A failure prints its seed; `pytest tests/simulation --seed N` repeats the run, as far as the moments
at which servers die can be repeated.
"""

import json
import os
import random
import subprocess
import sys

import pytest

from config.embedded.layout import PROJECT
from tests.config import homes

SEED = 1
STEPS = 50
BREAKAGES = ("answers early", "repeats without the key", "loses units")


@pytest.fixture(scope="module")
def home():
    """A home of the simulation alone, so that only its own servers are killed."""
    made = homes.make(name="simulation")
    made.path.mkdir(mode=0o711)
    yield made
    made.remove()
    made.path.parent.rmdir()


def _simulate(home, *, seed, steps, breakages=("none",)):
    """Run the simulation in a process of its own; the result of each breakage, by its name."""
    command = [sys.executable, "-W", "error", "-m", "tests.simulation.run"]
    command += ["--seed", str(seed), "--steps", str(steps)]
    for breakage in breakages:
        command += ["--breakage", breakage]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env={
            **os.environ,
            "CONCORD_TESTS_HOME": str(home.path),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        timeout=60 + 20 * steps,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    results = [json.loads(line) for line in done.stdout.splitlines()]
    return {result["breakage"]: result for result in results}


@pytest.fixture(scope="module")
def results(home, request):
    """A sound client, and one for each way in which a client can be broken."""
    seed = request.config.getoption("seed")
    seed = SEED if seed is None else seed
    return _simulate(home, seed=seed, steps=STEPS, breakages=("none", *BREAKAGES))


def test_what_was_acknowledged_is_found(results):
    """With servers killed at any moment, every answer that a client got holds, once.

    All units and marks are where a dictionary of the acknowledged requests says, positions are
    dense and in order of causes, all of them are in the log, and check_ledger finds nothing.
    """
    result = results["none"]
    assert result["findings"] == [], result
    assert result["leaves"] == result["positions"] > 0
    assert result["steps"] == STEPS and result["acknowledged"] > STEPS // 3, result
    killed = [count for fault, count in result["faults"].items() if fault.startswith("PostgreSQL")]
    assert sum(killed) >= 2, result


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_broken_client_is_found_out(results, breakage):
    """An answer before the commit, a repetition without its key, a lost unit: each is noticed."""
    assert results[breakage]["findings"], results[breakage]


@pytest.mark.slow
@pytest.mark.parametrize("run", range(4))
def test_long_runs(home, request, run):
    """Hundreds of steps from new seeds; the seed of a failure is in its message."""
    seed = request.config.getoption("seed")
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed + run
    result = _simulate(home, seed=seed, steps=400)["none"]
    assert result["findings"] == [], f"--seed {seed}: {result}"
