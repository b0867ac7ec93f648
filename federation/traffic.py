"""Administrators who send units between nodes while things break: each act until it is answered.

A request that gets no answer is sent again under its key, as people's programs do, so that it is
carried out once however often it is sent.
"""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from federation.books import account_of, largest_block
from federation.introduce import ONE, TWO, person
from federation.nodes import Node
from federation.rest import Refused
from federation.week import approve

# Beside these, an answer is final.
AGAIN = (408, 409, 425, 429, 500, 502, 503, 504)
PAUSE_S = 0.5


@dataclass
class Tally:
    """What was asked and answered, over all nodes."""

    sent: int = 0
    refused: Counter = field(default_factory=Counter)
    again: int = 0


class Traffic:
    """One thread a node: transfers to its own other account and to those of all partners.

    Each names its serials, one run after the other: what waits for an answer has reserved its own.

    `accounts` are read while all is well: (seller's, buyer's) by the code of the member.
    """

    def __init__(self, nodes: list[Node], *, seed: int, run: str, crossing: bool = True):
        self.nodes = nodes
        self.run = run
        self.crossing = crossing
        self.tally = Tally()
        self.ends = threading.Event()
        self.gives_up = threading.Event()
        self.accounts = {
            node.member.code: tuple(
                account_of(node, holder) for holder in (node.member.seller, node.member.buyer)
            )
            for node in nodes
        }
        self.serials = {node.member.code: self._next_serial(node) for node in nodes}
        self.threads = [
            threading.Thread(target=self._send, args=(node, random.Random(f"{seed}/{number}")))  # noqa: S311
            for number, node in enumerate(nodes)
        ]

    def _next_serial(self, node) -> int:
        """Behind what the runs before have sent, which is taken from the front."""
        return largest_block(node, node.member.seller)[0]

    def begin(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self, *, seconds: float) -> bool:
        """No more is begun; whether all that was begun has been answered in time."""
        self.ends.set()
        until = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(timeout=max(0.0, until - time.monotonic()))
        answered = not any(thread.is_alive() for thread in self.threads)
        self.gives_up.set()
        return answered

    def _send(self, node, chosen):
        one, two = person(node, ONE), person(node, TWO)
        number = 0
        while not self.ends.is_set():
            number += 1
            key = f"{self.run}/{node.member.code}/{number}"
            path, body = self._order(node, chosen)
            try:
                made = self._insist(one.post, path, body, key=key)
                transaction = made.get("source_transaction") or made["id"]
                self._insist(approve, two, transaction, key=f"{key}/approval")
            except Refused as refused:
                self.tally.refused[refused.code] += 1
            except TimeoutError:
                return
            else:
                self.tally.sent += 1
            self.ends.wait(chosen.uniform(0.05, 0.4))

    def _order(self, node, chosen):
        seller, buyer = self.accounts[node.member.code]
        quantity = chosen.randint(1, 50)
        first = self.serials[node.member.code]
        self.serials[node.member.code] += quantity
        others = [other for other in self.nodes if other is not node]
        where = chosen.choice([node, *others, *others]) if self.crossing else node
        if where is node:
            block = {
                "unit_type": node.member.unit_type,
                "first": str(first),
                "last": str(first + quantity - 1),
            }
            line = {"source": seller, "destination": buyer, "block": block}
            return "transactions", {"type": "transfer", "lines": [line]}
        return "transfers", {
            "source": seller,
            "destination": self.accounts[where.member.code][1],
            "unit_type": node.member.unit_type,
            "first": str(first),
            "quantity": str(quantity),
        }

    def _insist(self, act, *said, key):
        """Raises: Refused where the answer is final, TimeoutError once it is given up."""
        while not self.gives_up.is_set():
            try:
                return act(*said, key=key)
            except Refused as refused:
                if refused.status not in AGAIN:
                    raise
            except (OSError, ValueError):
                # No answer, or half of one.
                pass
            self.tally.again += 1
            self.gives_up.wait(PAUSE_S)
        raise TimeoutError(key)
