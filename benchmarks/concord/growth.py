"""The same transfers on a small ledger and on a large one."""

from benchmarks import databases
from benchmarks.concord import holdings
from benchmarks.concord.holdings import Holdings
from benchmarks.concord.transfer import Service
from benchmarks.tally import Tally


class Growth(Service):
    """The service's measure on a copy of a kept ledger; all rounds share the copy."""

    accounts = holdings.ACCOUNTS

    def __init__(self, name: str, ledger: Holdings):
        self.name = name
        super().__init__(ledger.server)
        self.ledger = ledger
        self.template = ledger.template
        self.title = f"Concord, one transfer a call, {ledger.count:,} holdings (8 processes)"

    def prepare(self) -> None:
        """Load the template if it is not kept, copy it, and let the copy warm up."""
        facts = self.ledger.facts()
        self.note = (
            f"loaded in {facts['seconds']:,.0f} s, {self.ledger.count / facts['seconds']:,.0f} "
            f"holdings/s, {facts['bytes'] / 10**9:.1f} GB"
        )
        databases.copy(self.server, self.template, self.database)
        databases.settle(self.server, self.database)
        self.run(self.database, seconds=3)

    def round(self, *, seconds: int) -> Tally:
        return self.measure(seconds=seconds)

    def finish(self) -> None:
        self.refuse_violations()
        databases.drop(self.server, self.database)
