"""Measures that are no race: look-ups, issuing, the audit. Each makes its figures by itself."""

import json
import time
from collections.abc import Callable

from benchmarks import databases
from benchmarks.concord import ledger, node
from benchmarks.concord.holdings import BATCH, MARKET, Holdings
from benchmarks.contender import UnitsLost, nonzero
from benchmarks.figures import Figure
from benchmarks.server import Server
from benchmarks.tally import percentiles

DATABASE = f"{databases.PREFIX}single"
SMALL, LARGE = "small", "large"


def lookup(ledgers: dict[str, Holdings], *, rounds: int, seconds: int) -> dict[str, Figure]:
    """Milliseconds from a serial to its holder, and to its history, on both sizes in turn."""
    figures = {}
    for question in ("holder", "history"):
        for size, held in ledgers.items():
            name = f"{question}_{size}"
            title = f"a serial's {question}, {held.count:,} holdings (1 process)"
            figures[name] = Figure(name, title, "ms, median")
    for _ in range(rounds):
        for size, held in ledgers.items():
            held.facts()
            arguments = ["-m", "benchmarks.concord.lookup_worker", str(held.serials), str(seconds)]
            said = node.run(arguments, node.environment(held.server, held.template))
            for question, took in json.loads(said).items():
                found = percentiles(took)
                figure = figures[f"{question}_{size}"]
                figure.rounds.append(found["p50"])
                figure.note = f"99 % within {found['p99']:g} ms"
    return figures


def issue(server: Server, *, rounds: int, turns: int) -> dict[str, Figure]:
    """Milliseconds to propose and approve an issuance of one unit, and of 8,000 million."""
    titles = {"issue_one": "issue one unit", "issue_8bn": "issue 8,000,000,000 units"}
    figures = {
        name: Figure(name, f"{title}: proposal and approval", "ms, median")
        for name, title in titles.items()
    }
    for _ in range(rounds):
        environment = _market(server)
        said = node.run(["-m", "benchmarks.concord.issue_worker", str(turns)], environment)
        for name, took in json.loads(said).items():
            figures[name].rounds.append(percentiles(took)["p50"])
        _refuse_violations(server)
    databases.drop(server, DATABASE)
    return figures


def issuance(server: Server, *, blocks: int, say: Callable[[str], None]) -> dict[str, Figure]:
    """Rows a second of a bulk issuance through the service."""
    environment = _market(server)
    arguments = ["-m", MARKET, "--accounts=1000", f"--blocks={blocks}", f"--batch={BATCH}"]
    seconds = 0.0
    for line in node.lines(arguments, environment):
        done, took = line.split()
        seconds = float(took)
        if int(done) % (20 * BATCH) == 0:
            say(f"issuance: {int(done):,} of {blocks:,} blocks after {seconds:.0f} s")
    _refuse_violations(server)
    databases.drop(server, DATABASE)
    title = f"{blocks:,} blocks issued, {BATCH:,} in a proposal and its approval (1 process)"
    return {"issuance": Figure("issuance", title, "rows/s", [blocks / seconds])}


def check(held: Holdings, *, say: Callable[[str], None]) -> dict[str, Figure]:
    """Minutes that the whole audit takes.   Raises: LoadFailed when the ledger is not sound."""
    held.facts()
    began = time.monotonic()
    environment = node.environment(held.server, held.template)
    for line in node.lines(["manage.py", "check_ledger"], environment):
        say(f"check_ledger: {line}")
    minutes = (time.monotonic() - began) / 60
    title = f"manage.py check_ledger, {held.count:,} holdings"
    return {"check": Figure("check", title, "minutes", [minutes])}


def _market(server: Server) -> dict[str, str]:
    node.make(server, DATABASE)
    environment = node.environment(server, DATABASE)
    node.run(["-m", MARKET, "--open", "--accounts=1000"], environment)
    return environment


def _refuse_violations(server: Server) -> None:
    wrong = nonzero(lambda sql: server.query(DATABASE, sql), ledger.RULES)
    if wrong:
        raise UnitsLost("; ".join(wrong))
