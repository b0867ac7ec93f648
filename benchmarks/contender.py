"""What takes part in the rounds: a way to make transfers, with a database of its own."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from . import cpu, databases
from .server import Server
from .tally import Tally

PEERS = Path(__file__).parent / "peers"

# Backends outlive their clients for a moment; their processor time is complete only then.
BACKENDS_END_S = 0.3


class UnitsLost(Exception):
    """After a run, the ledger does not hold what it must hold."""


class Contender(ABC):
    """One way to make transfers. Each round starts from a copy of the same template."""

    name: str
    title: str
    unit = "transfers/s"
    note = ""
    # What must not be found after a run: a sentence, and the statement that counts it.
    rules: ClassVar[dict[str, str]] = {}

    def __init__(self, server: Server):
        self.server = server
        self.database = f"{databases.PREFIX}{self.name}"
        self.template = f"{self.database}_template"

    def prepare(self) -> None:
        """Make the template: schema, accounts, units, a short run, then fresh statistics."""
        databases.create(self.server, self.template)
        self.load(self.template)
        databases.settle(self.server, self.template)
        self.run(self.template, seconds=2)
        databases.settle(self.server, self.template)

    def round(self, *, seconds: int) -> Tally:
        """Copy the template, run, and prove that nothing was lost.   Raises: UnitsLost."""
        databases.copy(self.server, self.template, self.database)
        tally = self.measure(seconds=seconds)
        self.refuse_violations()
        databases.drop(self.server, self.database)
        return tally

    def measure(self, *, seconds: int) -> Tally:
        """Run, and prove that what was acknowledged is there.   Raises: UnitsLost."""
        databases.checkpoint(self.server)
        recorded_before = self.recorded(self.database)
        used_before = cpu.server_seconds()
        tally = self.run(self.database, seconds=seconds)
        time.sleep(BACKENDS_END_S)
        used = cpu.server_seconds()
        if used is not None and tally.acknowledged and tally.server_cpu_ms is None:
            tally.server_cpu_ms = (used - used_before) / tally.acknowledged * 1_000
        found = self.recorded(self.database) - recorded_before
        if found != tally.acknowledged:
            raise UnitsLost(
                f"{self.name}: {tally.acknowledged} transfers were acknowledged, {found} found."
            )
        return tally

    def refuse_violations(self) -> None:
        """Ask every rule of this ledger.   Raises: UnitsLost."""
        wrong = nonzero(lambda sql: self.server.query(self.database, sql), self.rules)
        if wrong:
            raise UnitsLost(f"{self.name}: " + "; ".join(wrong))

    def finish(self) -> None:
        """Give back what the rounds needed.   Raises: UnitsLost."""
        databases.drop(self.server, self.database)
        databases.drop(self.server, self.template)

    @abstractmethod
    def load(self, database: str) -> None:
        """Make the schema, the accounts and the units."""

    @abstractmethod
    def run(self, database: str, *, seconds: int) -> Tally:
        """Make transfers for some seconds."""

    @abstractmethod
    def recorded(self, database: str) -> int:
        """How many transfers the database holds."""


def nonzero(ask: Callable[[str], list[tuple]], rules: dict[str, str]) -> list[str]:
    """The rules whose statement counts anything, with the count."""
    counts = {rule: ask(sql)[0][0] for rule, sql in rules.items()}
    return [f"{rule}: {count}" for rule, count in counts.items() if count]
