"""Runs of the simulation in a home of its own: python -m tests.simulation.run --seed 7

Prints one line of JSON for each run: the faults that struck, and what was found wrong.
"""

import argparse
import json
import random
import sys
import time


def main(arguments):
    import django

    django.setup()
    from tests import databases

    databases.prepare_template()
    for breakage in arguments.breakage or ["none"]:
        print(json.dumps(simulate(arguments, breakage)), flush=True)  # noqa: T201 - its answer


def simulate(arguments, breakage):
    """One run in a database of its own: what was done, what struck, what is wrong."""
    from tests import databases

    began = time.monotonic()
    name = f"simulated_{breakage.replace(' ', '_')}"
    databases.create(name)
    for alias in databases.ALIASES:
        databases.point(alias, name)
    try:
        result = _walk(arguments, breakage, name)
    finally:
        for alias in databases.ALIASES:
            databases.point(alias, "postgres")
        databases.drop(name)
    return {
        "breakage": breakage,
        "seed": arguments.seed,
        "seconds": round(time.monotonic() - began, 1),
        **result,
    }


def _walk(arguments, breakage, name):
    from django.utils import timezone

    from registry import facts
    from registry.models import LogLeaf, Position
    from registry.services.keep_log import keep_log
    from registry.services.make_checkpoint import make_checkpoint
    from registry.services.sequence import sequence_postings
    from registry.services.sign_issuances import sign_all
    from registry.services.signing_keys import ensure_keys
    from tests.simulation import findings
    from tests.simulation.client import CLIENTS, Surprise
    from tests.simulation.faults import Faults
    from tests.world import make_world

    source = random.Random(f"{arguments.seed} {breakage}")
    faults = Faults(source, name, CLIENTS[breakage].rates)
    facts.forget()
    client = CLIENTS[breakage](make_world(), source, faults)
    client.begin()
    ensure_keys(at=timezone.now())
    faults.start_worker()
    wrong, step = [], 0
    try:
        faults.wait_for_worker(Position.objects.exists)
        for step in range(1, arguments.steps + 1):  # noqa: B007 - told when a step surprises
            faults.between_steps()
            client.step()
    except Surprise as surprise:
        wrong.append(f"step {step}: {surprise}")
    finally:
        faults.stop_worker()
    client.read(sequence_postings)
    client.read(lambda: keep_log(timezone.now))
    client.read(lambda: make_checkpoint(at=timezone.now()))
    client.read(lambda: sign_all(timezone.now))
    wrong += client.read(lambda: findings.find(client))
    return {
        "steps": step,
        "acknowledged": len(client.acknowledged),
        "positions": client.read(Position.objects.count),
        "leaves": client.read(LogLeaf.objects.count),
        "faults": dict(faults.counts),
        "findings": wrong[:20],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.run")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--breakage", action="append", help="run a client that is broken so")
    main(parser.parse_args(sys.argv[1:]))
