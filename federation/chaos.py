"""`python -m federation.chaos`: three nodes under traffic while their processes are killed, their
clocks are put wrong, and what they say to each other is lost, doubled, delayed, mixed and spoiled.

Seeded: the same seed has the same schedule of faults and of orders; what they meet depends on the
machine. When the time is over everything runs again, what was begun comes to its end, and all books
are checked. Exit code 0 when they hold, 1 when not.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from config.embedded.layout import layout
from config.errors import NodeError
from federation import faults, members, proof
from federation.agree import agree
from federation.introduce import introduce_all
from federation.nodes import Node, NotReady, Place, migrate_once, wait_until_ready
from federation.proxy import Proxy
from federation.rest import Refused
from federation.stopping import stopped_at_the_end
from federation.telling import Telling, quiet
from federation.traffic import Traffic

PORT = 8111
# After the last fault: how long whoever was killed may take to answer, and transfers to end.
RECOVERS_WITHIN_S = 420


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    telling = Telling()
    nodes, proxies = placed(chosen)
    try:
        with stopped_at_the_end(nodes, telling):
            begin(nodes, proxies, telling)
            wrong = run(nodes, proxies, telling, chosen)
    except KeyboardInterrupt:
        return 130
    except (NotReady, Refused, TimeoutError) as error:
        telling(str(error))
        return 1
    finally:
        for proxy in proxies:
            proxy.stop()
    for line in wrong:
        telling(line)
    telling(f"{len(wrong)} things are wrong" if wrong else "all books hold")
    return 1 if wrong else 0


def placed(chosen: argparse.Namespace) -> tuple[list[Node], list[Proxy]]:
    """The nodes, and what stands before each of them."""
    home = chosen.home or layout().home / "chaos"
    nodes, proxies = [], []
    for number, member in enumerate(members.ALL[: chosen.nodes]):
        port = chosen.port + len(members.ALL) + number
        place = Place(home, chosen.port + number)
        proxy = Proxy(port, place.port, seed=f"{chosen.seed}/{number}")
        # What happens to a node is told by what is done to it, and not by its own words.
        node = Node(member, place, quiet, NODE_URL=f"http://localhost:{port}")
        node.more |= {
            "DJANGO_SETTINGS_MODULE": "federation.shifted",
            "CLOCK_FILE": str(node.clock),
        }
        nodes.append(node)
        proxies.append(proxy)
    return nodes, proxies


def begin(nodes: list[Node], proxies: list[Proxy], telling: Telling) -> None:
    """All of them linked.   Raises: NotReady, Refused, OSError, TimeoutError."""
    telling(f"starting {len(nodes)} nodes")
    migrate_once(nodes)
    for node, proxy in zip(nodes, proxies, strict=True):
        node.set_clock(0)
        node.start()
        proxy.start()
    wait_until_ready(nodes)
    introduce_all(nodes, telling)
    agree(nodes, telling)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m federation.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--rate", type=float, default=0.2, help="of the messages between nodes that are harmed"
    )
    parser.add_argument("--nodes", type=int, default=len(members.ALL), choices=(2, 3))
    parser.add_argument("--port", type=int, default=PORT, help="of the first; the others follow")
    parser.add_argument("--home", type=Path, help="where all nodes keep their data")
    return parser.parse_args(arguments)


def run(nodes, proxies, telling: Telling, chosen: argparse.Namespace) -> list[str]:
    """Traffic and faults for so long, then what is wrong with the books.

    Raises: NotReady where a node does not come back, Refused, OSError.
    """
    seed, seconds = chosen.seed, chosen.seconds
    traffic = Traffic(nodes, seed=seed, run=f"chaos/{time.time_ns()}")
    planned = faults.schedule(seed, nodes=len(nodes), seconds=seconds)
    telling(f"seed {seed}: {len(planned)} faults in {seconds:.0f} s, with traffic on all nodes")
    for proxy in proxies:
        proxy.harm(chosen.rate)
    traffic.begin()
    try:
        for fault in planned:
            _watch(nodes, telling, seconds=fault.after_s)
            _wait_for_it(fault, nodes, telling)
            telling(faults.inflict(fault, nodes[fault.node]))
        telling("no more faults: everything comes back")
        for node, proxy in zip(nodes, proxies, strict=True):
            proxy.harm(0)
            node.set_clock(0)
        _come_back(nodes, telling)
    finally:
        answered = traffic.end(seconds=RECOVERS_WITHIN_S)
    _tell(traffic.tally, nodes, proxies, telling)
    left = [] if answered else ["requests were never answered"]
    return left + proof.prove(nodes, telling, seconds=RECOVERS_WITHIN_S)


def _tell(said, nodes, proxies, telling):
    refused = ", ".join(f"{count} {code}" for code, count in said.refused.items()) or "none"
    telling(f"{said.sent} sent and approved, {said.again} asked again, refused: {refused}")
    passed = sum(proxy.passed for proxy in proxies)
    harmed = sum((proxy.harmed for proxy in proxies), Counter())
    listed = ", ".join(f"{count} {name}" for name, count in sorted(harmed.items())) or "none"
    telling(f"{passed} requests between nodes, harmed: {listed}")
    restarts = sum(node.starts - 1 for node in nodes)
    telling(f"nodes started again: {restarts}")


def _watch(nodes, telling, *, seconds):
    """As what runs a node in earnest does: a stack that has ended is started again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for node in nodes:
            if not node.alive():
                telling(f"{node.member.code} has ended, and is started again")
                node.start(prepared=True)
        time.sleep(0.2)


def _wait_for_it(fault, nodes, telling):
    """What is killed is there to be killed: a node that just starts again is waited for."""
    end = time.monotonic() + RECOVERS_WITHIN_S
    while not faults.can_be(fault, nodes[fault.node]) and time.monotonic() < end:
        _watch(nodes, telling, seconds=0.5)


def _come_back(nodes, telling):
    """Raises: NotReady."""
    end = time.monotonic() + RECOVERS_WITHIN_S
    while not all(node.alive() and node.ready() for node in nodes):
        if time.monotonic() > end:
            raise NotReady("not all nodes came back")
        _watch(nodes, telling, seconds=1)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NodeError as error:
        sys.exit(str(error))
