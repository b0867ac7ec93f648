"""What takes part in the rounds: a way to make transfers, with a database of its own."""

from abc import ABC, abstractmethod
from pathlib import Path

from . import databases
from .server import Server
from .tally import Tally

PEERS = Path(__file__).parent / "peers"


class UnitsLost(Exception):
    """After a run, the ledger does not hold what it must hold."""


class Contender(ABC):
    """One way to make transfers. Each round starts from a copy of the same template."""

    name: str
    title: str
    unit = "transfers/s"
    note = ""

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
        databases.checkpoint(self.server)
        before = self.recorded(self.database)
        tally = self.run(self.database, seconds=seconds)
        found = self.recorded(self.database) - before
        if found != tally.acknowledged:
            raise UnitsLost(
                f"{self.name}: {tally.acknowledged} transfers were acknowledged, {found} found."
            )
        wrong = self.violations(self.database)
        if wrong:
            raise UnitsLost(f"{self.name}: " + "; ".join(wrong))
        databases.drop(self.server, self.database)
        return tally

    @abstractmethod
    def load(self, database: str) -> None:
        """Make the schema, the accounts and the units."""

    @abstractmethod
    def run(self, database: str, *, seconds: int) -> Tally:
        """Make transfers for some seconds."""

    @abstractmethod
    def recorded(self, database: str) -> int:
        """How many transfers the database holds."""

    @abstractmethod
    def violations(self, database: str) -> list[str]:
        """What the database holds and must not; empty when all is well."""

    def cleanup(self) -> None:
        databases.drop(self.server, self.database)
        databases.drop(self.server, self.template)


def nonzero(server: Server, database: str, rules: dict[str, str]) -> list[str]:
    """The rules whose statement counts anything, with the count."""
    counts = {rule: server.query(database, sql)[0][0] for rule, sql in rules.items()}
    return [f"{rule}: {count}" for rule, count in counts.items() if count]
