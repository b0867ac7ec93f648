"""`python -m benchmarks`: measure, print a table, keep the figures as JSON.

Exit code 0 unless something broke, units were lost, or a guarantee of the server was off; a
target that is not met is a figure, not a failure.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from config.errors import NodeError

from . import configuration, report, server
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
from .targets import TARGETS

CONTENDERS = [SerialBlock, BalanceLedger, ObjectRelational, EventTable]
NAMES = [contender.name for contender in CONTENDERS]


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    try:
        return measure(chosen)
    except (UnitsLost, LoadFailed, GuaranteeOff, DiskTooSmall, NodeError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help=f"a comma-separated part of: {', '.join(NAMES)}")
    parser.add_argument(
        "--quick", action="store_true", help="one round of two seconds: does it run, not how fast"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10, help="of each run in a round")
    parser.add_argument("--home", type=Path, help="where the server and its data live")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    chosen = parser.parse_args(arguments)
    chosen.names = [name.strip() for name in chosen.only.split(",") if name.strip()] or NAMES
    unknown = sorted(set(chosen.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(NAMES)}")
    if chosen.quick:
        chosen.rounds, chosen.seconds = 1, 2
    return chosen


def measure(chosen: argparse.Namespace) -> int:
    """Run what was chosen on the benchmarks' own server and report it."""
    running = server.start(chosen.home)
    conditions = configuration.configuration(running)
    contenders = [kind(running) for kind in CONTENDERS if kind.name in chosen.names]
    figures: dict[str, Figure] = interleaved(
        contenders, rounds=chosen.rounds, seconds=chosen.seconds, say=_say
    )
    found = ratios(figures, TARGETS)
    print()
    print(report.table(conditions, figures, found))
    path = chosen.json or running.home / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    report.write_json(path, conditions, figures, found)
    print(f"\nwritten to {path}")
    return 0


def _say(line: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
