"""Ledgers of a chosen size, loaded by the bulk services and kept as templates between runs."""

from collections.abc import Callable

from benchmarks import databases
from benchmarks.concord import node
from benchmarks.server import Server

ACCOUNTS = 10_000
BLOCK = 10_000
BATCH = 10_000
# One transfer for a hundred holdings, so that there is a history to look up.
MOVES = 100
# What a holding of such a ledger takes on disk with its line and its indexes, with room to spare.
BYTES = 400
MARKET = "benchmarks.concord.market"


class Holdings:
    """One size of ledger."""

    def __init__(self, server: Server, count: int, *, say: Callable[[str], None]):
        self.server = server
        self.count = count
        self._say = say
        self.template = f"{databases.PREFIX}holdings_{count}"

    @property
    def serials(self) -> int:
        """How many serials were issued, from 1."""
        return self.count * BLOCK

    def facts(self) -> dict:
        """What the load took, in seconds and bytes.   Raises: DiskTooSmall, LoadFailed."""
        kept = databases.description(self.server, self.template)
        if kept is not None and kept.get("recipe") == recipe():
            return kept
        databases.drop(self.server, self.template)
        databases.require_room(self.server, self.count * BYTES)
        return self._load()

    def _load(self) -> dict:
        node.make(self.server, self.template)
        arguments = [
            *("-m", MARKET, "--open", f"--accounts={ACCOUNTS}", f"--blocks={self.count}"),
            *(f"--size={BLOCK}", f"--batch={BATCH}", f"--moves={self.count // MOVES}"),
        ]
        environment = node.environment(self.server, self.template)
        seconds = 0.0
        for line in node.lines(arguments, environment):
            done, took = line.split()
            seconds = float(took)
            if int(done) % (100 * BATCH) == 0:
                self._say(f"{self.template}: {int(done):,} of {self.count:,} after {seconds:.0f} s")
        databases.settle(self.server, self.template)
        kept = {
            "recipe": recipe(),
            "seconds": seconds,
            "bytes": self.server.data_bytes(self.template),
        }
        databases.describe(self.server, self.template, kept)
        return kept


def recipe() -> str:
    """What a kept ledger must have been made by: the migrations and this way to load."""
    return (
        f"{ACCOUNTS} accounts, blocks of {BLOCK}, {BATCH} a call, {MOVES}, placed, {node.schema()}"
    )
