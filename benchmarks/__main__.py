"""`python -m benchmarks`: measure, print a table, keep the figures as JSON.

Exit code 0 unless something broke, units were lost, or a guarantee of the server was off; a
target that is not met is a figure, not a failure.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from config.errors import NodeError

from . import configuration, databases, report, server
from .concord.growth import Growth
from .concord.holdings import Holdings
from .concord.profile import profile
from .concord.single import LARGE, SMALL, check, issuance, issue, lookup
from .concord.transfer import Bulk, Service
from .configuration import GuaranteeOff
from .contender import UnitsLost
from .databases import DiskTooSmall
from .figures import Figure, ratios
from .peers.balance_ledger import BalanceLedger
from .peers.event_table import EventTable
from .peers.orm import ObjectRelational
from .peers.serial_block import SerialBlock
from .pgbench import LoadFailed
from .rounds import interleaved
from .server import Server
from .targets import TARGETS

CONTENDERS = [SerialBlock, Service, Bulk, BalanceLedger, ObjectRelational, EventTable]
RACE = [contender.name for contender in CONTENDERS]
USUAL = [*RACE, "growth", "lookup", "issue", "issuance", "check"]
NAMES = [*USUAL, "profile"]

SMALL_LEDGER = 10_000


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    try:
        return measure(chosen)
    except (UnitsLost, LoadFailed, GuaranteeOff, DiskTooSmall, NodeError) as error:
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
    parser.add_argument("--home", type=Path, help="where the server and its data live")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    chosen = parser.parse_args(arguments)
    chosen.names = [name.strip() for name in chosen.only.split(",") if name.strip()] or USUAL
    unknown = sorted(set(chosen.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(NAMES)}")
    if chosen.quick:
        chosen.rounds, chosen.seconds = 1, 2
        chosen.holdings, chosen.blocks = 50_000, 20_000
    return chosen


def measure(chosen: argparse.Namespace) -> int:
    """Run what was chosen on the benchmarks' own server and report it."""
    running = server.start(chosen.home)
    databases.clear(running)
    conditions = configuration.configuration(running)
    figures = race(running, chosen) | others(running, chosen)
    page = profile(running, seconds=chosen.seconds) if "profile" in chosen.names else ""
    found = ratios(figures, TARGETS)
    print()
    print(report.table(conditions, figures, found))
    if page:
        print(f"\n{page}")
    path = chosen.json or running.home / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    report.write_json(path, conditions, figures, found)
    print(f"\nwritten to {path}")
    return 0


def race(running: Server, chosen: argparse.Namespace) -> dict[str, Figure]:
    """The contenders, in interleaved rounds."""
    contenders = [kind(running) for kind in CONTENDERS if kind.name in chosen.names]
    return interleaved(contenders, rounds=chosen.rounds, seconds=chosen.seconds, say=_say)


def others(running: Server, chosen: argparse.Namespace) -> dict[str, Figure]:
    """Growth on two sizes of ledger, then what is no race."""
    rounds, seconds, names = chosen.rounds, chosen.seconds, chosen.names
    ledgers = {
        SMALL: Holdings(running, SMALL_LEDGER, say=_say),
        LARGE: Holdings(running, chosen.holdings, say=_say),
    }
    figures = {}
    if "growth" in names:
        contenders = [Growth(size, held) for size, held in ledgers.items()]
        figures |= interleaved(contenders, rounds=rounds, seconds=seconds, say=_say)
    if "lookup" in names:
        figures |= lookup(ledgers, rounds=rounds, seconds=seconds)
    if "issue" in names:
        figures |= issue(running, rounds=rounds, turns=10 * seconds)
    if "issuance" in names:
        figures |= issuance(running, blocks=chosen.blocks, say=_say)
    if "check" in names:
        figures |= check(ledgers[LARGE], say=_say)
    return figures


def _say(line: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
