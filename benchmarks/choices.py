"""The random choices that every measure of single transfers shares."""

import random
from dataclasses import dataclass

ACCOUNTS = 1_000
BLOCK = 1_000_000_000
LARGEST = 100
UNIT_TYPE = 1


@dataclass(frozen=True)
class Choice:
    """Between which two accounts, counted from 1, and how many units."""

    source: int
    destination: int
    quantity: int


class Choices:
    """An endless sequence of choices, the same for the same seed.

    >>> Choices(seed=1).next() == Choices(seed=1).next()
    True
    """

    def __init__(self, *, seed: int, accounts: int = ACCOUNTS):
        self._random = random.Random(seed)  # noqa: S311 - a load, not a secret
        self._accounts = accounts

    def next(self) -> Choice:
        source = self._random.randint(1, self._accounts)
        step = self._random.randint(0, self._accounts - 2)
        destination = (source + step) % self._accounts + 1
        return Choice(source, destination, self._random.randint(1, LARGEST))


def pgbench_script(statement: str, *, accounts: int = ACCOUNTS) -> str:
    """The same choices, made by pgbench."""
    return (
        f"\\set source random(1, {accounts})\n"
        f"\\set destination (:source + random(0, {accounts - 2})) % {accounts} + 1\n"
        f"\\set quantity random(1, {LARGEST})\n"
        f"{statement}\n"
    )
