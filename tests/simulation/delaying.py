"""Delays under random acts and killed workers: python -m tests.simulation.delaying NAME --seed 7

Proposals wait for moments within the second. They are approved, cancelled, expire and fall due, and
the registry is stopped and goes on, while several workers execute what is due; each worker kills
itself by SIGKILL before or after a statement or a commit. Prints a line of JSON: what was done, and
what is wrong afterwards.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from datetime import timedelta

WORKERS = 3
LONGEST_S = 0.6
# Which steps of a worker are its last: it takes some forty for each transaction.
LAST_STEP = (5, 400)
# An expiry within the second, which no type can ask for.
EXPIRY = """
CREATE OR REPLACE FUNCTION registry_expiry(p_type bigint, p_due timestamptz) RETURNS timestamptz
LANGUAGE plpgsql AS $$ BEGIN
    RETURN greatest(clock_timestamp(), p_due) + interval '0.8 s';
END $$
"""
# A worker that looks before it takes, and locks nothing.
UNLOCKED = """
CREATE OR REPLACE FUNCTION registry_execute(p_transaction bigint, p_person bigint,
    p_api_key bigint, p_salt bytea, OUT posting_id bigint, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM registry_transaction t WHERE t.id = p_transaction AND t.status = 30;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_sleep(0.02);
    UPDATE registry_transaction t SET status = 4 WHERE t.id = p_transaction;
    PERFORM registry_tell(p_transaction, 4, p_person, p_api_key, '');
    status := 4;
END $$
"""
UNGUARDED = "ALTER TABLE registry_transaction DISABLE TRIGGER transaction_state_follows_the_table"
BREAKAGES = {"none": (), "no lock": (UNLOCKED, UNGUARDED)}
# What the audit says of functions and triggers that a run has replaced is no finding of the run;
# nor that nothing is signed, which nobody does here, however long a run takes.
NO_FINDINGS = ("FUNCTIONS_AS_RELEASED", "TRIGGERS_IN_PLACE", "ISSUANCES_ARE_SIGNED")
TWICE = """
SELECT transaction_id, count(*) FROM registry_transactionevent WHERE status = 4
GROUP BY transaction_id HAVING count(*) > 1
"""
AFTER_ITS_END = """
SELECT e.transaction_id FROM registry_transactionevent e
JOIN registry_transactionevent x ON x.transaction_id = e.transaction_id AND x.id < e.id
WHERE e.status = 4 AND x.status IN (5, 6, 7, 40, -1)
"""
EARLY = """
SELECT t.id FROM registry_transaction t JOIN registry_transactionevent e
    ON e.transaction_id = t.id AND e.status = 4
WHERE e.at < t.due_at OR e.at < t.execute_at
"""
LATE = """
SELECT t.id FROM registry_transaction t JOIN registry_posting p ON p.id = t.posting_id
WHERE p.recorded_at >= t.expires_at
"""
STOPPED = "SELECT id FROM registry_posting WHERE recorded_at BETWEEN %s AND %s"
QUESTIONS = {"twice": TWICE, "after its end": AFTER_ITS_END, "early": EARLY, "late": LATE}


class Workers:
    """Children of this process, of which each kills itself at a step of its own."""

    def __init__(self, source, actor):
        self.random = source
        self.actor = actor
        self.killed = 0
        self.pids = set()

    def keep(self):
        """As many as there should be; those that have died are replaced."""
        while self.pids:
            pid, _status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            self.pids.discard(pid)
            self.killed += 1
        while len(self.pids) < WORKERS:
            self.pids.add(self.fork(self.random.randint(*LAST_STEP)))

    def fork(self, last):
        from django.db import connections

        connections.close_all()
        pid = os.fork()
        if pid == 0:
            _work(self.actor, last)
        return pid

    def stop(self):
        for pid in self.pids:
            os.kill(pid, 9)
            os.waitpid(pid, 0)


def _work(actor, last):
    """Executes what is due, until it dies."""
    from django.db import DatabaseError, connection
    from django.utils import timezone

    from registry.services.execute_due import execute_due
    from tests.services.log_killing import Dying

    dying = Dying(last)
    connection.ensure_connection()
    connection._commit = dying.around(connection._commit)
    with connection.execute_wrapper(dying.statement):
        while True:
            try:
                execute_due(actor=actor, at=timezone.now())
            except DatabaseError:
                connection.close()
            time.sleep(0.005)
            dying.step()


class People:
    """Who proposes, approves, cancels and stops, at random."""

    def __init__(self, world, source):
        from registry.models import Role
        from tests.people import person

        self.world = world
        self.random = source
        self.others = [
            person(world, f"administrator_{n}", Role.ADMINISTRATOR, world.home) for n in (3, 4, 5)
        ]
        self.stop, self.stopped_at, self.stops = None, None, []
        self.cancelled = []
        self.counts = Counter()

    def step(self):
        acts = [self.propose] * 6 + [self.approve] * 6 + [self.cancel] * 2 + [self.batch] * 2
        acts += [self.halt] * (3 if self.stop else 1)
        act = self.random.choice(acts)
        self.counts[act.__name__] += bool(act())

    def request(self, code):
        from django.utils import timezone

        from registry.lines import Line
        from registry.services.propose import Request

        home = self.world.at_home
        ends = self.random.sample([home.operator_a, home.operator_b], 2)
        line = Line(*ends, self.world.kau.pk, self.random.randint(1, 3))
        at = timezone.now()
        moment = at + timedelta(seconds=self.random.uniform(0.05, LONGEST_S))
        return Request(code, [line], self.world.key(), at, execute_at=moment)

    def propose(self):
        from registry.services.propose import propose

        request = self.request(self.random.choice(["transfer", "delivery"]))
        return self.tried(lambda: propose(self.world.administrator_1, request))

    def batch(self):
        from registry.services.propose_batch import propose_all_or_nothing

        requests = [self.request(code) for code in ("transfer", "delivery")]
        by = self.world.administrator_1
        return self.tried(lambda: propose_all_or_nothing(actor=by, requests=requests))

    def approve(self):
        from django.utils import timezone

        from registry.models import Batch, Transaction
        from registry.services.approve import approve
        from registry.services.decide_batch import decide_batch

        by = {"actor": self.world.administrator_2, "at": timezone.now()}
        waiting = Transaction.objects.filter(status=0).order_by("?").first()
        if waiting is None:
            return False
        batch = Batch.objects.filter(items__transaction=waiting).first()
        if batch is not None:
            said = {"approved": self.random.random() < 0.8, "payload_hash": batch.payload_hash}
            return self.tried(lambda: decide_batch(batch_id=batch.pk, **said, **by))
        said = {"transaction_id": waiting.pk, "payload_hash": bytes(waiting.payload_hash)}
        return self.tried(lambda: approve(**said, **by))

    def cancel(self):
        from registry.models import Transaction
        from registry.services.cancel_delayed import cancel_delayed

        found = Transaction.objects.filter(status=30, batch_item=None).order_by("?").first()
        by = self.world.administrator_1
        if found is None or not self.tried(
            lambda: cancel_delayed(actor=by, transaction_id=found.pk)
        ):
            return False
        self.cancelled.append(found.pk)
        return True

    def halt(self):
        """The registry is stopped at once, or goes on as two others decide."""
        from django.utils import timezone

        from registry.services.stops import Stopped, place_stop
        from tests.people import approved, asked

        if self.stop is None:
            by = {"actor": self.others[0], "at": timezone.now(), "reason": "a test"}
            self.stop = place_stop(what=Stopped(self.world.home.pk), **by)
            self.stopped_at = timezone.now()
            return True
        # What has begun before the stop may end after it was placed, and is not looked at.
        self.stops.append((self.stopped_at + timedelta(seconds=0.2), timezone.now()))
        lifting = asked(self.world, "stop_lifting", None, stop=str(self.stop.pk))
        for other in self.others[1:]:
            approved(self.world, lifting, by=other)
        self.stop = None
        return True

    def tried(self, call):
        """Whether it was done; a refusal is an answer as well."""
        from registry.errors import DomainError

        try:
            call()
        except DomainError:
            return False
        return True


def findings(people):
    """What is wrong, as sentences."""
    from django.db import connection

    from registry.audit import runner
    from registry.audit.every_rule import RULES
    from registry.models import Transaction

    with connection.cursor() as cursor:
        for what, sql in QUESTIONS.items():
            cursor.execute(sql)
            yield from (f"transaction {row[0]} was executed {what}" for row in cursor.fetchall())
        for interval in people.stops:
            cursor.execute(STOPPED, interval)
            for (number,) in cursor.fetchall():
                yield f"posting {number} was made while the registry was stopped"
    for number in people.cancelled:
        found = Transaction.objects.get(pk=number)
        if (found.status, found.posting_id) != (40, None):
            yield f"transaction {number} was cancelled and has status {found.status}"
    left = Transaction.objects.filter(status__in=[0, 30]).values_list("pk", flat=True)
    yield from (f"transaction {number} still waits" for number in left)
    rules = [rule for rule in RULES if rule.code not in NO_FINDINGS]
    with runner.snapshot("default") as cursor:
        role = runner.application_role(cursor)
        for result in runner.examine(cursor, rules, role=role, limit=3):
            yield from (
                f"{result.rule.code}: {finding.message}"
                for finding in result.findings
                if finding.what != "late"
            )


def simulate(database, seed, steps, breakage):
    from django.db import connections
    from django.utils import timezone

    from registry.services.execute_due import execute_due
    from tests import databases
    from tests.world import make_world, stock

    for alias in databases.ALIASES:
        databases.point(alias, database)
    source = random.Random(f"{seed} {breakage}")
    world = make_world()
    stock(world, operator_a=2000, operator_b=2000)
    people = People(world, source)
    with connections["owner"].cursor() as cursor:
        for statement in (EXPIRY, *BREAKAGES[breakage]):
            cursor.execute(statement)
    workers = Workers(source, world.system)
    try:
        for _step in range(steps):
            workers.keep()
            people.step()
            time.sleep(source.random() * 0.02)
    finally:
        workers.stop()
    if people.stop is not None:
        people.halt()
    time.sleep(LONGEST_S + 1)
    run = execute_due(actor=world.system, at=timezone.now())
    from registry.models import TransactionEvent

    events = Counter(TransactionEvent.objects.values_list("status", flat=True))
    return {
        "seed": seed,
        "breakage": breakage,
        "acts": dict(people.counts),
        "killed": workers.killed,
        "events": {str(status): count for status, count in events.items()},
        "left": run.completed + run.expired,
        "findings": list(findings(people))[:20],
    }


def main(arguments):
    import django

    django.setup()
    told = simulate(arguments.database, arguments.seed, arguments.steps, arguments.breakage)
    print(json.dumps(told), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.delaying")
    parser.add_argument("database")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--breakage", choices=BREAKAGES, default="none")
    main(parser.parse_args(sys.argv[1:]))
