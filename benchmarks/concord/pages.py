"""The pages that administrators open all day, on a small ledger and on a large one."""

import json

from benchmarks.concord import holdings, node
from benchmarks.concord.holdings import Holdings
from benchmarks.figures import Figure
from benchmarks.tally import percentiles

TITLES = {
    "home": "the work queue",
    "account": "an account's page",
    "block": "a serial searched for, and its block's page",
}
WORKER = "benchmarks.concord.page_worker"


def pages(ledgers: dict[str, Holdings], *, rounds: int, seconds: int) -> dict[str, Figure]:
    """Milliseconds to open each page, on both sizes in turn."""
    figures = {
        f"{page}_page_{size}": Figure(
            f"{page}_page_{size}", f"{title}, {held.count:,} holdings (1 process)", "ms, median"
        )
        for page, title in TITLES.items()
        for size, held in ledgers.items()
    }
    for _ in range(rounds):
        for size, held in ledgers.items():
            held.facts()
            sizes = [str(holdings.ACCOUNTS), str(held.serials), str(seconds)]
            environment = node.environment(held.server, held.template)
            said = node.run(["-m", WORKER, *sizes], environment)
            for page, took in json.loads(said).items():
                found = percentiles(took)
                figure = figures[f"{page}_page_{size}"]
                figure.rounds.append(found["p50"])
                figure.note = f"99 % within {found['p99']:g} ms"
    return figures
