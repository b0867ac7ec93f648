"""The API in the rounds: requests over HTTP with everything on, and what clients wait for."""

import json
from collections.abc import Callable

from benchmarks import processes
from benchmarks.concord import node, web
from benchmarks.concord.holdings import Holdings
from benchmarks.concord.transfer import Service
from benchmarks.figures import Figure
from benchmarks.tally import Tally, percentiles

CLIENTS = (1, 4, 16)
# A process that has served for a while knows the accounts; each of several comes to know them.
WARM_UP = 2_000
BATCH = 1_000
# Ways to run the server: its workers and their threads, or workers of one request each.
WAYS = {
    "sync_2": ("--worker-class", "sync", "--workers", "2", "--threads", "1"),
    "sync_4": ("--worker-class", "sync", "--workers", "4", "--threads", "1"),
    "threads_1x8": ("--workers", "1", "--threads", "8"),
    "threads_2x1": ("--workers", "2", "--threads", "1"),
    "threads_2x4": ("--workers", "2", "--threads", "4"),
    "threads_4x2": ("--workers", "4", "--threads", "2"),
    "threads_4x4": ("--workers", "4", "--threads", "4"),
}


class Rest(Service):
    """POST /transactions: authentication, idempotency, limits, facts, rights, checks, the gate."""

    name = "rest"
    title = "Concord, one auto-approved transfer a request (8 clients)"
    mode = ""
    warm_up = WARM_UP // processes.PROCESSES
    options: tuple[str, ...] = ()

    def load(self, database: str) -> None:
        super().load(database)
        self.key = web.make_key(self.server, database)

    def run(self, database: str, *, seconds: int) -> Tally:
        with web.serving(self.server, database, self.options) as serving:
            environment = web.load(
                self.server,
                database,
                serving,
                self.key,
                accounts=self.accounts,
                lines=self.lines,
                mode=self.mode,
                warm_up=self.warm_up,
            )
            # The server's share counts; the client could be any program, and is told apart.
            tally = processes.drive(
                "benchmarks.concord.rest_worker",
                environment=environment,
                seconds=seconds,
                processes=self.processes,
                served_by=serving.seconds,
            )
        if tally.load_cpu_ms is not None:
            self.note = f"the clients {tally.load_cpu_ms:.3f} cpu ms beside"
        return tally


class RestBatch(Rest):
    """POST /batches: a thousand lines a request, which are one transaction."""

    name = "rest_batch"
    title = f"Concord, {BATCH:,} transfers a request, all or none (1 client)"
    mode = "all_or_nothing"
    lines = BATCH
    processes = 1
    warm_up = 4


class RestEach(RestBatch):
    """POST /batches: a thousand lines a request, each a transaction of its own."""

    name = "rest_each"
    title = f"Concord, {BATCH:,} transfers a request, each on its own (1 client)"
    mode = "each_on_its_own"


class Way(Rest):
    """The same requests of sixteen clients to a server that is run in another way."""

    processes = 16
    warm_up = WARM_UP // 16

    def __init__(self, server, name: str):
        self.name = name
        self.options = WAYS[name]
        self.title = f"Concord, one transfer a request, 16 clients, {' '.join(self.options)}"
        super().__init__(server)


class Clients(Rest):
    """How long a request takes when so many clients ask; the median counts."""

    unit = "requests/s"

    def __init__(self, server, clients: int):
        self.name = f"clients_{clients}"
        self.processes = clients
        self.warm_up = WARM_UP // clients
        self.title = f"Concord, one transfer a request, {clients} clients"
        super().__init__(server)

    def round(self, *, seconds: int) -> Tally:
        tally = super().round(seconds=seconds)
        found = tally.latency_ms
        self.note = f"p50 {found['p50']:g} ms, p99 {found['p99']:g} ms; {self.note}"
        return tally


def lists(
    ledgers: dict[str, Holdings], *, rounds: int, seconds: int, say: Callable[[str], None]
) -> dict[str, Figure]:
    """Milliseconds to the first page of holdings, on both sizes in turn."""
    figures = {
        f"list_{size}": Figure(
            f"list_{size}", f"first page of {held.count:,} holdings (1 client)", "ms, median"
        )
        for size, held in ledgers.items()
    }
    for _ in range(rounds):
        for size, held in ledgers.items():
            held.facts()
            key = web.make_key(held.server, held.template)
            with web.serving(held.server, held.template) as serving:
                environment = web.load(held.server, held.template, serving, key)
                arguments = ["-m", "benchmarks.concord.list_worker", str(seconds)]
                found = percentiles(json.loads(node.run(arguments, environment)))
            figures[f"list_{size}"].rounds.append(found["p50"])
            figures[f"list_{size}"].note = f"99 % within {found['p99']:g} ms"
            say(f"list_{size}: {found}")
    return figures
