"""Concord in the rounds: one transfer a call in eight processes, and ten thousand in one call."""

from benchmarks import choices, processes
from benchmarks.concord import ledger, node
from benchmarks.contender import Contender
from benchmarks.tally import Tally


class Service(Contender):
    """registry.services.transfer.deliver: facts, rights, checks, gate, one posting a transfer."""

    name = "service"
    title = "Concord, one auto-approved transfer a service call (8 processes)"
    rules = ledger.RULES
    lines = 1
    processes = processes.PROCESSES
    accounts = choices.ACCOUNTS

    def load(self, database: str) -> None:
        node.make(self.server, database)
        blocks = ["--open", f"--accounts={self.accounts}", f"--blocks={self.accounts}"]
        node.run(
            ["-m", "benchmarks.concord.market", *blocks, f"--size={choices.BLOCK}"],
            node.environment(self.server, database),
        )

    def environment(self, database: str) -> dict[str, str]:
        """What a process that makes transfers reads."""
        return {
            **node.environment(self.server, database),
            "BENCH_LINES": str(self.lines),
            "BENCH_ACCOUNTS": str(self.accounts),
        }

    def run(self, database: str, *, seconds: int) -> Tally:
        return processes.drive(
            "benchmarks.concord.transfer_worker",
            environment=self.environment(database),
            seconds=seconds,
            processes=self.processes,
        )

    def recorded(self, database: str) -> int:
        return ledger.moved_lines(self.server, database)


class Bulk(Service):
    """The same service with ten thousand lines in one call: one posting, all or none."""

    name = "bulk"
    title = "Concord, 10,000 transfers in one service call (1 process)"
    lines = 10_000
    processes = 1
