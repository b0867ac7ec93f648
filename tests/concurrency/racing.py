"""Trials that several threads run at the same moments, and ways to take a lock away.

A test shows what happens with the locks; its control removes a lock in the fresh database, as
the owner, and shows that the same trials then go wrong. Production code has no such switch.
"""

import threading

from django.db import DatabaseError, connections

from registry.errors import DomainError
from registry.models import Holding

PAUSE = "PERFORM pg_sleep(0.02);"
LONGER_PAUSE = "PERFORM pg_sleep(0.1);"


def race(trials, *runners, seconds=120):
    """Run each runner once per trial, all behind one barrier; outcomes[trial][runner].

    An outcome is what the runner returned, the first code of the answer that refused it, or the
    database's error itself, which no caller should ever see.

    Raises: TimeoutError.
    """
    barrier = threading.Barrier(len(runners), timeout=seconds)
    outcomes = [[None] * len(runners) for _trial in range(trials)]

    def run(place):
        try:
            for trial in range(trials):
                barrier.wait()
                try:
                    outcomes[trial][place] = runners[place](trial)
                except DomainError as error:
                    outcomes[trial][place] = error.code
                except DatabaseError as error:
                    outcomes[trial][place] = error
        except threading.BrokenBarrierError:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to the test, which judges it
            outcomes[trial][place] = error
            barrier.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(runners))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError(f"threads still run after {seconds} s")
    return outcomes


def won(outcome):
    """Whether a runner was done with what it wanted."""
    return not isinstance(outcome, str | BaseException)


def is_raw(outcome):
    """Whether an error of the database came through, unexplained."""
    return isinstance(outcome, DatabaseError)


def rewrite(function, *changes):
    """Replace parts of a function of the database, by the text that it has there.

    Raises: AssertionError when the function has no such part any more.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", [function])
        (definition,) = cursor.fetchone()
        for old, new in changes:
            assert old in definition, f"{function} has no {old}"
            definition = definition.replace(old, new)
        cursor.execute(definition)


def without_account_locks():
    """Accounts are read instead of locked, and a moment passes before picked units are moved."""
    rewrite("registry_lock_accounts", ("FOR NO KEY UPDATE", ""))
    rewrite("registry_submit", ("FOR NO KEY UPDATE OF s", ""))
    moving = "v_done := registry_write_moves"
    rewrite("registry_perform", (moving, f"{PAUSE} {moving}"))


def without_constraints(table, *names):
    """Drop unique keys, unique indexes and exclusions, on which the second of two would wait."""
    with connections["owner"].cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE registry_{table} DROP CONSTRAINT IF EXISTS {name}")
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
            cursor.execute("SELECT to_regclass(%s)", [name])
            assert cursor.fetchone() == (None,), f"{name} is still there"


def without_guards(*triggers):
    """Disable triggers that would stop what the missing lock lets happen."""
    with connections["owner"].cursor() as cursor:
        for trigger in triggers:
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [trigger]
            )
            (table,) = cursor.fetchone()
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def serials_by_account(unit_type):
    """Every open serial of a unit type with the accounts that hold it: one each, if all is well."""
    found = {}
    rows = Holding.objects.filter(unit_type=unit_type, closed_by=None)
    for account, first, last in rows.values_list("account_id", "first", "last"):
        for serial in range(first, last + 1):
            found.setdefault(serial, []).append(account)
    return found


def held_twice(unit_type):
    return [serial for serial, accounts in serials_by_account(unit_type).items() if accounts[1:]]
