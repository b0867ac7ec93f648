"""Transfers between two whole nodes on this machine: how long one takes, and a thousand at once."""

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.contender import UnitsLost
from benchmarks.figures import Figure
from benchmarks.tally import percentiles
from federation import members, proof
from federation.agree import agree
from federation.books import ENDED, account_of, largest_block
from federation.introduce import ONE, TWO, introduce_all, person
from federation.nodes import Node, Place, stop_all, wait_until_ready
from federation.telling import quiet
from federation.week import approve

PORT = 8121
QUEUED = 1_000
THREADS = 4
# How often the end of a transfer is asked for, which is the error of its time.
EVERY_S = 0.02
ENDS_WITHIN_S = 900


def crossing(
    home: Path, *, turns: int, queued: int, say: Callable[[str], None]
) -> dict[str, Figure]:
    """Seconds from the last approval to the end on both nodes; of one while nothing else happens,
    and of many that were approved while the destination did not run.

    Raises: UnitsLost, and what the nodes refuse.
    """
    figures = {
        "crossing": Figure(
            "crossing", "from the approval of a transfer to its end, on two idle nodes", "s, median"
        ),
        "crossing_queued": Figure(
            "crossing_queued",
            f"the same of {queued:,} that waited for the other node",
            "transfers/s",
        ),
    }
    source, there = nodes = [
        Node(member, Place(home / "crossing", PORT + number), quiet)
        for number, member in enumerate((members.JP, members.KR))
    ]
    try:
        for node in nodes:
            node.start()
        wait_until_ready(nodes)
        introduce_all(nodes, quiet)
        agree(nodes, quiet)
        run = f"crossing/{time.time_ns()}"
        body = _order(source, there)
        serial = largest_block(source, source.member.seller)[0]
        seconds = [
            _one(source, {**body, "first": str(serial + turn)}, f"{run}/{turn}")
            for turn in range(turns)
        ]
        found = percentiles(seconds)
        figures["crossing"].rounds = [statistics.median(seconds)]
        figures["crossing"].note = f"99 % within {found['p99']:g} s"
        say(f"crossing: {found}")
        bodies = [{**body, "first": str(serial + turns + each)} for each in range(queued)]
        rate = _many(source, there, bodies, f"{run}/queued")
        figures["crossing_queued"].rounds = [rate]
        say(f"crossing_queued: {rate:.1f} a second")
        wrong = proof.prove(nodes, say, seconds=60)
    finally:
        stop_all(nodes)
    if wrong:
        raise UnitsLost("; ".join(wrong))
    return figures


def _order(source, there):
    return {
        "source": account_of(source, source.member.seller),
        "destination": account_of(there, there.member.buyer),
        "unit_type": source.member.unit_type,
        "quantity": "1",
    }


def _proposed(source, body, key):
    return person(source, ONE).post("transfers", body, key=key)


def _one(source, body, key):
    """Seconds that one takes when nobody else asks for anything."""
    one, two = person(source, ONE), person(source, TWO)
    sent = _proposed(source, body, key)
    began = time.monotonic()
    approve(two, sent["source_transaction"], key=f"{key}/approval")
    while one.get(f"transfers/{sent['id']}")["state"] not in ENDED:
        time.sleep(EVERY_S)
    return time.monotonic() - began


def _many(source, there, bodies, key):
    """Transfers a second, from the start of the other node's answers to the end of the last."""
    there.stop()
    there.wait_until_stopped()
    two = person(source, TWO)

    def send(first):
        for number in range(first, len(bodies), THREADS):
            sent = _proposed(source, bodies[number], f"{key}/{number}")
            approve(two, sent["source_transaction"], key=f"{key}/{number}/approval")

    threads = [threading.Thread(target=send, args=(first,)) for first in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there.start(prepared=True)
    wait_until_ready([there])
    began = time.monotonic()
    while _waiting(source) and time.monotonic() - began < ENDS_WITHIN_S:
        time.sleep(1)
    return len(bodies) / (time.monotonic() - began)


def _waiting(source):
    one = person(source, ONE)
    early = ("proposed", "asked", "accepted", "committed")
    return any(one.get("transfers", state=state, limit="1")["items"] for state in early)
