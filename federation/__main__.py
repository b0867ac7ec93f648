"""`python -m federation`: three nodes, linked, until Ctrl-C. The next run goes on with the data."""

import argparse
import os
import sys
import time
from pathlib import Path

from config.embedded.layout import layout
from config.errors import NodeError
from federation import members
from federation.agree import agree
from federation.books import lines
from federation.introduce import introduce_all
from federation.nodes import Node, NotReady, Place, migrate_once, wait_until_ready
from federation.proof import prove
from federation.rest import Refused
from federation.stopping import stopped_at_the_end
from federation.telling import Telling, quiet
from federation.week import Week, days

WATCH_EVERY_S = 1.0
SETTLES_WITHIN_S = 60


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    telling = Telling()
    home = chosen.home or layout().home / "federation"
    nodes = [
        Node(member, Place(home, chosen.port + number), telling.of(member.code))
        for number, member in enumerate(members.ALL)
    ]
    try:
        with stopped_at_the_end(nodes, telling):
            return run(nodes, telling, stay=not chosen.once)
    except KeyboardInterrupt:
        return 0
    except (NotReady, Refused, TimeoutError) as error:
        telling(str(error))
        return 1


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m federation", description=__doc__)
    port = int(os.environ.get("PORT") or members.PORT)
    parser.add_argument("--port", type=int, default=port, help="of the first; the others follow")
    parser.add_argument("--home", type=Path, help="where all nodes keep their data")
    parser.add_argument("--once", action="store_true", help="end when everything is shown")
    return parser.parse_args(arguments)


def run(nodes: list[Node], telling: Telling, *, stay: bool) -> int:
    """Start, and stay until somebody interrupts or a node ends by itself.

    Raises: NotReady, Refused, KeyboardInterrupt.
    """
    began = time.monotonic()
    telling("starting three nodes; the first start makes their databases")
    migrate_once(nodes)
    for node in nodes:
        node.start()
    wait_until_ready(nodes)
    telling(f"three nodes answer after {time.monotonic() - began:.0f} s")
    for node in nodes:
        # From here on their own words are in their logs: a peer that is not known yet, for example.
        node.say = quiet
    introduce_all(nodes, telling)
    agree(nodes, telling)
    Week(nodes, telling).run(days())
    for node in nodes:
        for line in lines(node):
            telling(line)
    wrong = prove(nodes, telling, seconds=SETTLES_WITHIN_S)
    for line in wrong:
        telling(line)
    for node in nodes:
        telling(
            f"{node.member.code}: {node.address}/admin/  keys of administrators in {node.keys_file}"
        )
    telling("what they say is in node.log beside the keys")
    telling("Ctrl-C stops all of them.")
    while stay:
        for node in nodes:
            if not node.alive():
                telling(f"The node of {node.member.code} has ended.")
                return 1
        time.sleep(WATCH_EVERY_S)
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NodeError as error:
        sys.exit(str(error))
