"""What an attack is: statements that break one rule, and the name by which they are refused."""

from collections.abc import Callable
from dataclasses import dataclass

ATTACKS = []


@dataclass(frozen=True)
class Attack:
    """`constraint` is the name that the refusal carries.

    `trigger` is what refuses; None where a constraint of that name does. `permitted`: the
    application's role may write the table, so that the rule alone refuses it there.
    `needs_keys`: a foreign key refuses, which `session_replication_role = replica` switches off.
    `stale`: the attacker reads from a snapshot that was taken before others committed.
    """

    constraint: str
    run: Callable
    trigger: str | None = None
    permitted: bool = False
    needs_keys: bool = False
    stale: bool = False

    def __str__(self):
        return f"{self.constraint}-{self.run.__name__}"


def attack(constraint, **options):
    """Register a function (attacker) as an attack on a constraint or on what a trigger holds."""

    def register(function):
        ATTACKS.append(Attack(constraint, function, **options))
        return function

    return register
