"""The random choices that every measure of transfers shares.

The first half of the accounts sells and the second half buys. So a seller always holds one large
block, and every ledger does the same work for a transfer: find it, cut it in two, pass one part
on. Were sellers to buy as well, ledgers that fill an order from small blocks first would do more
work than those that skip them, and the figures would compare different transfers.
"""

import random
from dataclasses import dataclass

ACCOUNTS = 1_000
BLOCK = 100_000_000
LARGEST = 100
UNIT_TYPE = 1
# Of links: as many senders, each with a block and an account to send to.
CLIENTS = 16


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
        half = self._accounts // 2
        return Choice(
            self._random.randint(1, half),
            self._random.randint(half + 1, 2 * half),
            self._random.randint(1, LARGEST),
        )


def pgbench_script(statement: str, *, accounts: int = ACCOUNTS) -> str:
    """The same choices, made by pgbench."""
    return (
        f"\\set source random(1, {accounts // 2})\n"
        f"\\set destination random({accounts // 2 + 1}, {accounts // 2 * 2})\n"
        f"\\set quantity random(1, {LARGEST})\n"
        f"{statement}\n"
    )
