"""Kills the sequencer's task at every step that it takes: python -m tests.services.log_killing

Each step has a child of its own, which kills itself with SIGKILL before or after a statement or a
commit. Prints a line of JSON: how many steps there were, and what was wrong after any of them.
"""

import itertools
import json
import os
import signal
import sys
from datetime import timedelta

POSTINGS = 3


class Dying:
    """Counts the steps of this process, and kills it at one of them."""

    def __init__(self, at):
        self.at = at
        self.steps = itertools.count()

    def step(self):
        if next(self.steps) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, execute, sql, parameters, many, context):
        self.step()
        answer = execute(sql, parameters, many, context)
        self.step()
        return answer

    def around(self, commit):
        def committed():
            self.step()
            commit()
            self.step()

        return committed


def main(database):
    import django

    django.setup()
    from django.db import connection

    from registry.services import append_leaves, keep_log
    from tests import databases
    from tests.log.findings import log_findings
    from tests.world import make_world, stock

    databases.point("default", database)
    databases.point("owner", database)
    append_leaves.BATCH = 2
    keep_log.EVERY = timedelta(0)
    world = make_world()
    stock(world, operator_a=10_000)
    wrong, killed = [], 0
    for at in itertools.count():
        prepare(world)
        connection.close()
        survived = run_in_child(at)
        wrong += [f"step {at}: {text}" for text in log_findings()]
        if survived:
            break
        killed += 1
    sys.stdout.write(json.dumps({"killed": killed, "wrong": wrong, **figures()}) + "\n")


def prepare(world):
    """Work for the next run."""
    from django.utils import timezone

    from registry.services.signing_keys import ensure_keys
    from tests.world import moved

    ensure_keys(at=timezone.now())
    for _posting in range(POSTINGS):
        moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)


def run_in_child(at):
    """Runs the task in a child that kills itself at the step; whether it came to its end."""
    child = os.fork()
    if child == 0:
        from django.db import connection

        from registry.tasks import sequence_postings

        dying = Dying(at)
        connection.ensure_connection()
        connection._commit = dying.around(connection._commit)
        with connection.execute_wrapper(dying.statement):
            sequence_postings()
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), status
    return status == 0


def figures():
    from registry.models import Checkpoint, LogLeaf, Posting

    return {
        "postings": Posting.objects.count(),
        "leaves": LogLeaf.objects.count(),
        "covered": Checkpoint.objects.order_by("-size").first().size,
    }


if __name__ == "__main__":
    main(sys.argv[1])
