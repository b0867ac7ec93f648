"""Nodes in one process that transfer units to each other by the protocol, while all goes wrong.

One seed is one schedule: of orders, people, clocks, kills, and of what the network does with each
request. Messages are real: canonical bytes, a digest as signature, read strictly. An oracle keeps
where each unit has to be; `Simulation.run` returns whatever is wrong. The time is virtual.
"""

import heapq
import itertools
import random
from uuid import UUID

from linking.protocol import State, ended
from tests.simulation.crossing_node import DAY, HOUR, SOUND, Node, Refused, signed

NAMES = ("cn.example", "jp.example", "kr.example")
HORIZON = 60 * DAY


class Simulation:
    """Two or three nodes, a network, and the oracle."""

    def __init__(self, seed, variant=SOUND, transfers=6):
        self.random, self.variant = random.Random(seed), variant
        self.now, self.queue, self.numbers = 0.0, [], itertools.count(1)
        self.wrong, self.out, self.into, self.used = [], {}, {}, 0
        names = NAMES[: self.random.choice((2, 3))]
        self.nodes = {name: Node(self, name) for name in names}
        self.holder, self.sent = {}, []
        for number, name in enumerate(names):
            units = range(number * 100 + 1, number * 100 + 9)
            self.nodes[name].held = set(units)
            self.holder |= dict.fromkeys(units, name)
        for _number in range(transfers):
            self.at(self.random.uniform(0, 2 * DAY), self.order)
        for node in self.nodes.values():
            for _kill in range(self.random.choice((0, 1, 4))):
                self.at(self.random.uniform(0, 3 * DAY), self.kill, node)
            for _cut in range(self.random.choice((0, 4))):
                self.at(self.random.uniform(0, 3 * DAY), self.cut, node)
            if self.random.random() < 0.2:
                self.at(self.random.uniform(0, 3 * DAY), self.suspend, node)

    def at(self, seconds, act, *given):
        heapq.heappush(self.queue, (self.now + seconds, next(self.numbers), act, given))

    def uuid(self):
        return UUID(int=self.random.getrandbits(128), version=4)

    def run(self):
        """Everything that is wrong; nothing, if the units are where the oracle says."""
        while self.queue and self.now < HORIZON and not self.wrong:
            self.now, _number, act, given = heapq.heappop(self.queue)
            act(*given)
        return self.wrong or list(self._wrong_at_the_end())

    def order(self):
        """Somebody sends what is held; two at once where they choose the same units."""
        source, destination = self.random.sample(sorted(self.nodes), 2)
        held = sorted(self.nodes[source].held)
        if held:
            units = frozenset(self.random.sample(held, min(len(held), 3)))
            for _operator in range(self.random.choice((1, 1, 2))):
                self.nodes[source].order(destination, units)

    def kill(self, node):
        node.down_until = self.now + self.random.choice((1, 60, 5 * HOUR))

    def cut(self, node):
        """Nothing comes in or goes out for some time."""
        node.cut_until = self.now + self.random.choice((HOUR, 5 * HOUR))

    def suspend(self, node):
        node.suspended = True
        self.at(self.random.uniform(HOUR, DAY), setattr, node, "suspended", False)

    # The network.

    def carry(self, sender, row):
        """Brings a message, or not; the status that the sender hears, None for no answer."""
        data = row.data
        given = (row.message.receiver, data, signed(sender, data))
        if self.random.random() < 0.02:
            self.at(30 * DAY, self._arrives, *given)
        fate = self.random.random()
        if fate < 0.10 or self.nodes[sender].cut_until > self.now:
            return None
        if fate < 0.20:
            self.at(self.random.choice((5, HOUR, DAY)), self._arrives, *given)
            return None
        if fate < 0.25:
            flipped = bytes([*data[:40], data[40] ^ 1, *data[41:]])
            return self._arrives(given[0], flipped, given[2])
        status = self._arrives(*given)
        if fate < 0.35:
            self._arrives(*given)
        # The answer is lost, or the node killed between writing and answering.
        return None if fate > 0.90 else status

    def _arrives(self, receiver, data, signature):
        node = self.nodes[receiver]
        is_away = node.is_down or node.cut_until > self.now
        if is_away or self.random.random() < 0.03:
            return None
        try:
            node.receive(data, signature)
        except Refused as refusal:
            return refusal.args[0]
        return 200

    # The oracle.

    def posted_out(self, half):
        self.out[half.transfer] = self.out.get(half.transfer, 0) + 1
        self.holder |= dict.fromkeys(half.units, half.other)

    def posted_in(self, half, node):
        self.into[half.transfer] = self.into.get(half.transfer, 0) + 1
        if self.into[half.transfer] > 1 or self.out.get(half.transfer) != 1:
            self.wrong.append("posted in more often than posted out")
        if any(half.units & other.held for other in self.nodes.values()):
            self.wrong.append("both hold the units")

    def _wrong_at_the_end(self):
        for node in self.nodes.values():
            for half in node.halves.values():
                other = self.nodes[half.other].halves.get(half.transfer)
                yield from _wrong_halves(half, other)
            if node.limit or node.marked:
                yield f"{node.name} holds limits or units for nothing"
        held = [unit for node in self.nodes.values() for unit in node.held]
        if len(held) != len(set(held)) or len(held) + self.used != len(self.holder):
            yield "units are in two places, or in none"
        elif any(self.holder[unit] != n.name for n in self.nodes.values() for unit in n.held):
            yield "units are elsewhere than they were sent"
        told = sum(len(node.told_used) for node in self.nodes.values())
        if told != self.used:
            yield f"{self.used} units were used, {told} were told"


def _wrong_halves(half, other):
    if not ended(half.state):
        yield f"{half.role} stays {half.state}"
    elif other is None:
        if half.state == State.COMPLETED:
            yield "completed on one side"
    elif (half.state == State.COMPLETED) != (other.state == State.COMPLETED):
        yield f"{half.state} here, {other.state} there"
