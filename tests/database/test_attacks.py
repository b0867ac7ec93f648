"""Every named constraint and every trigger is attacked in raw SQL, in four ways.

By the owner, whom only the rule stops; by the application's role; with ordinary triggers and
foreign keys switched off; and, for what a trigger holds, with that one trigger disabled, which
must let the attack pass that rule.
"""

import re
from importlib import import_module
from pathlib import Path

import psycopg2
import pytest

from tests.database.attack import ATTACKS

for path in sorted((Path(__file__).parent / "attacks").glob("*.py")):
    import_module(f"tests.database.attacks.{path.stem}")

PERMISSION_DENIED = "42501"

by_name = pytest.mark.parametrize("attack", ATTACKS, ids=str)


def _begin(attack, attacker):
    if attack.stale:
        attacker.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _refusal(attack, attacker):
    """The error that refuses an attack, or None when it goes through."""
    try:
        attack.run(attacker)
        attacker.immediate()
    except psycopg2.Error as error:
        return error
    return None


def _name(error):
    return error.diag.constraint_name if error else None


@by_name
def test_owner_is_refused(attack, owner):
    """The constraint's name, on which messages to people depend, comes with the refusal."""
    _begin(attack, owner)
    error = _refusal(attack, owner)
    assert _name(error) == attack.constraint, error


@by_name
def test_application_is_refused(attack, application):
    """The application's role may not write the ledger; what it may write is guarded alike."""
    _begin(attack, application)
    error = _refusal(attack, application)
    if attack.permitted:
        assert _name(error) == attack.constraint, error
    else:
        assert error is not None and error.pgcode == PERMISSION_DENIED, error


@by_name
def test_guards_stay_without_ordinary_triggers(attack, replica):
    """`session_replication_role = replica` switches off foreign keys, and nothing else.

    What it lets through are rows that point to nothing; manage.py check_ledger finds them.
    """
    _begin(attack, replica)
    error = _refusal(attack, replica)
    assert _name(error) == (None if attack.needs_keys else attack.constraint), error


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.trigger], ids=str)
def test_attack_passes_without_its_trigger(attack, owner):
    """It is this trigger that refuses: with it disabled, the attack gets past the rule."""
    _begin(attack, owner)
    (table,) = owner.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", attack.trigger
    ).fetchone()
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {attack.trigger}")
    error = _refusal(attack, owner)
    assert _name(error) != attack.constraint


def test_every_named_rule_is_attacked(owner):
    """No constraint, unique index or refusal of a trigger function is without an attack.

    Keys that Django names itself are attacked by test_keys.py.
    """
    named = {
        name
        for (name,) in owner.execute(
            "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " AND conrelid::regclass::text LIKE 'registry\\_%%' AND contype <> 'n'"
            " UNION SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indisunique AND indrelid::regclass::text LIKE 'registry\\_%%'"
        )
        if not re.search(r"_fk_|_pkey$|_key$|_uniq$|_check$", name)
    }
    refusals = set()
    for (body,) in owner.execute(
        "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'registry\\_%%'"
    ):
        refusals |= set(re.findall(r"registry_refuse\(\s*'(\w+)'", body))
    for (arguments,) in owner.execute(
        "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE NOT tgisinternal AND tgnargs > 0"
        " AND tgname NOT LIKE '%%\\_is\\_remembered'"
        " AND tgrelid::regclass::text LIKE 'registry\\_%%'"
    ):
        refusals.add(arguments.partition("\\000")[0])
    missing = (named | refusals) - {attack.constraint for attack in ATTACKS}
    assert missing == set()
    assert len(named) > 40 and len(refusals) > 50


def test_attacks_say_what_refuses(owner):
    """An attack that names no trigger is refused by a constraint or index of that name."""
    without_trigger = {attack.constraint for attack in ATTACKS if attack.trigger is None}
    found = owner.execute(
        "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
    )
    assert without_trigger - {name for (name,) in found} == set()


def test_every_trigger_is_attacked_and_always_on(owner):
    """Each trigger has an attack that only it refuses, and is ENABLE ALWAYS."""
    triggers = dict(
        owner.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid::regclass::text LIKE 'registry\\_%%'"
        ).fetchall()
    )
    assert {name for name, enabled in triggers.items() if enabled != "A"} == set()
    kept = ("_changes_the_reference", "_is_remembered")
    guards = {name for name in triggers if not name.endswith(kept)}
    assert guards - {attack.trigger for attack in ATTACKS} == set()
