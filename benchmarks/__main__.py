"""`python -m benchmarks`: measure, print a table, keep the figures as JSON.

Exit code 0 unless something broke, units were lost, or a guarantee of the server was off; a
target that is not met is a figure, not a failure.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from config.errors import NodeError
from federation.nodes import NotReady
from federation.rest import Refused

from . import configuration, databases, report, server
from .concord import log
from .concord.crossing import QUEUED, crossing
from .concord.growth import Growth
from .concord.holdings import Holdings
from .concord.links import QuotaOne, QuotaSixteen, QuotaSlots, cross
from .concord.pages import pages as open_pages
from .concord.profile import profile
from .concord.rest import CLIENTS, WAYS, Clients, Rest, RestBatch, RestEach, Way, lists
from .concord.single import LARGE, SMALL, check, issuance, issue, lookup
from .concord.transfer import Bulk, Service
from .configuration import GuaranteeOff
from .contender import UnitsLost
from .databases import DiskTooSmall
from .decisions import decisions
from .figures import Figure, ratios
from .peers.balance_ledger import BalanceLedger
from .peers.event_table import EventTable
from .peers.orm import ObjectRelational
from .peers.serial_block import SerialBlock
from .pgbench import LoadFailed
from .reconciliation import reconciliation
from .rounds import interleaved
from .server import Server
from .targets import TARGETS

CONTENDERS = [
    *(SerialBlock, Service, Bulk, Rest, RestBatch, RestEach),
    *(BalanceLedger, ObjectRelational, EventTable),
]
QUOTAS = [QuotaOne, QuotaSixteen, QuotaSlots]
RACE = [contender.name for contender in CONTENDERS]
USUAL = [
    *(*RACE, "clients", "growth", "lookup", "pages", "lists"),
    *("issue", "issuance", "check", "log", "decide", "cross"),
    *("quota_one", "quota_sixteen", "quota_slots", "reconcile"),
]
NAMES = [*USUAL, "ways", "profile", "crossing"]

SMALL_LEDGER = 10_000

BROKEN = (UnitsLost, LoadFailed, GuaranteeOff, DiskTooSmall, NotReady, Refused)
Part = Callable[[], dict[str, Figure] | str]


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    try:
        return measure(chosen)
    except NodeError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Concord against a hand-written SQL function and three other ledgers.",
    )
    parser.add_argument("--only", default="", help=f"a comma-separated part of: {', '.join(NAMES)}")
    parser.add_argument(
        "--quick", action="store_true", help="small and short: does it run, not how fast"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10, help="of each run in a round")
    parser.add_argument("--holdings", type=int, default=10_000_000, help="of the large ledger")
    parser.add_argument("--blocks", type=int, default=1_000_000, help="of the bulk issuance")
    parser.add_argument("--leaves", type=int, default=10_000_000, help="of the large log")
    parser.add_argument("--home", type=Path, help="where the server and its data live")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    chosen = parser.parse_args(arguments)
    chosen.names = [name.strip() for name in chosen.only.split(",") if name.strip()] or USUAL
    unknown = sorted(set(chosen.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(NAMES)}")
    if chosen.quick:
        chosen.rounds, chosen.seconds = 1, 2
        chosen.holdings, chosen.blocks, chosen.leaves = 50_000, 20_000, 100_000
    return chosen


def measure(chosen: argparse.Namespace) -> int:
    """Run what was chosen on the benchmarks' own server and report it.   Raises: NodeError."""
    running = server.start(chosen.home)
    databases.clear(running)
    conditions = configuration.configuration(running)
    figures, pages, broken = {}, [], []
    for part in parts(running, chosen):
        try:
            found = part()
        except BROKEN as error:
            # The other parts are still worth having; the answer tells that one is missing.
            print(f"benchmarks: {error}", file=sys.stderr, flush=True)
            broken.append(error)
        else:
            if isinstance(found, str):
                pages.append(found)
            else:
                figures |= found
    found = ratios(figures, TARGETS)
    print("", report.table(conditions, figures, found), *pages, sep="\n\n")
    path = chosen.json or running.home / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    report.write_json(path, conditions, figures, found)
    print(f"\nwritten to {path}")
    return 1 if broken else 0


def parts(running: Server, chosen: argparse.Namespace) -> Iterator[Part]:
    """What was chosen, in its order: the race, growth, what is no race, the profile."""
    rounds, seconds, names = chosen.rounds, chosen.seconds, chosen.names
    again = {"rounds": rounds, "seconds": seconds}
    small = Holdings(running, SMALL_LEDGER, say=_say)
    large = Holdings(running, chosen.holdings, say=_say)
    ledgers = {SMALL: small, LARGE: large}
    racing = [kind(running) for kind in CONTENDERS if kind.name in names]
    if racing:
        yield partial(interleaved, racing, **again, say=_say)
    if "clients" in names:
        asking = [Clients(running, clients) for clients in CLIENTS]
        yield partial(interleaved, asking, **again, say=_say)
    if "ways" in names:
        ways = [Way(running, name) for name in WAYS]
        yield partial(interleaved, ways, **again, say=_say)
    if "growth" in names:
        growing = [Growth(size, held) for size, held in ledgers.items()]
        yield partial(interleaved, growing, **again, say=_say)
    if "lookup" in names:
        yield partial(lookup, ledgers, **again)
    if "pages" in names:
        yield partial(open_pages, ledgers, **again)
    if "lists" in names:
        yield partial(lists, ledgers, **again, say=_say)
    if "issue" in names:
        yield partial(issue, running, rounds=rounds, turns=10 * seconds)
    if "issuance" in names:
        yield partial(issuance, running, blocks=chosen.blocks, say=_say)
    if "check" in names:
        yield partial(check, large, say=_say)
    if "log" in names:
        yield partial(log.growth, running, **again)
        yield partial(log.proofs, running, leaves=chosen.leaves, **again, say=_say)
        beside = [log.Unlogged(running), log.Logged(running)]
        yield partial(interleaved, beside, **again, say=_say)
    if "decide" in names:
        yield partial(decisions, rounds=rounds, seconds=seconds)
    if "cross" in names:
        yield partial(cross, running, rounds=rounds, turns=10 * seconds)
    quotas = [kind(running) for kind in QUOTAS if kind.name in names]
    if quotas:
        yield partial(interleaved, quotas, **again, say=_say)
    if "reconcile" in names:
        yield partial(reconciliation, blocks=chosen.blocks, rounds=rounds)
    if "crossing" in names:
        queued = 20 if chosen.quick else QUEUED
        yield partial(crossing, running.home, turns=seconds, queued=queued, say=_say)
    if "profile" in names:
        yield partial(profile, running, seconds=seconds)


def _say(line: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
