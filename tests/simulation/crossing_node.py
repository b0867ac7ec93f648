"""A node that transfers units by the protocol, for tests/simulation/crossing.py.

Each act is one transaction: the state of a half and what is said of it are written together.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from linking import protocol
from linking.messages import envelope
from linking.messages.envelope import Malformed, Message
from linking.messages.kinds import Kind
from linking.protocol import Act, Event, Role, State, Verdict, ended, step
from registry import canonical
from tests.linking.messages import samples

HOUR, DAY = 3_600, 86_400
SILENCE, SLOWEST_CLOCK = 600, 150
BODIES = samples.bodies()
FRESH = (Kind.STATUS, Kind.UNKNOWN)
OF_USES = (Kind.USED, Kind.USE_UNDONE)
ABOUT = {
    Kind.ACCEPTED: ("propose", Kind.PROPOSE),
    Kind.REJECTED: ("propose", Kind.PROPOSE),
    Kind.COMMITTED: ("accepted", Kind.ACCEPTED),
    Kind.COMPLETED: ("committed", Kind.COMMITTED),
}


@dataclass(frozen=True)
class Variant:
    """How nodes are built; what differs from this is broken."""

    table: object = None
    keeps_inbox: bool = True
    looks_at_the_clock: bool = True
    writes_before_it_sends: bool = True
    marks: bool = True


SOUND = Variant()


class Refused(Exception):
    """An answer of another status than 200."""


@dataclass
class Row:
    """A message of the outbox, and its bytes."""

    message: Message
    data: bytes
    state: str = "waiting"
    attempts: int = 0


@dataclass
class Half:
    transfer: UUID
    role: Role
    other: str
    units: frozenset
    state: State = State.NONE
    expires_at: datetime | None = None
    valid_until: datetime | None = None
    said: dict = field(default_factory=dict)
    heard: dict = field(default_factory=dict)


class Node:
    """One node: what it holds, its halves, its inbox and outbox. Each act is one transaction."""

    def __init__(self, simulation, name):
        self.sim, self.name, self.variant = simulation, name, simulation.variant
        self.random = simulation.random
        self.skew = self.random.uniform(-SLOWEST_CLOCK, SLOWEST_CLOCK)
        self.held, self.marked, self.limit = set(), set(), 0
        self.halves, self.inbox, self.told_used = {}, set(), []
        self.down_until = self.cut_until = 0
        self.suspended = False

    @property
    def clock(self):
        return samples.AT + timedelta(seconds=self.sim.now + self.skew)

    @property
    def is_down(self):
        return self.sim.now < self.down_until

    def later(self, seconds, act, *given):
        """Does something then, or as soon as the node is up again."""
        self.sim.at(seconds, self._when_up, act, *given)

    def _when_up(self, act, *given):
        if self.is_down:
            self.sim.at(self.down_until - self.sim.now + 1, self._when_up, act, *given)
        else:
            act(*given)

    # What people do.

    def order(self, to, units):
        if not units <= self.held or (self.variant.marks and units & self.marked):
            return
        half = Half(self.sim.uuid(), Role.SOURCE, to, units)
        self.halves[half.transfer] = half
        half.expires_at = self.clock + timedelta(seconds=self.random.choice((HOUR, 4 * DAY)))
        self.happens(half, Event.ORDER)
        self.later(self.random.uniform(0, HOUR), self.ask, half)
        if self.random.random() < 0.15:
            self.later(self.random.uniform(0, DAY), self.happens, half, Event.WITHDRAW)

    def ask(self, half):
        if self.happens(half, Event.ASK).verdict == Verdict.APPLIED:
            left = (half.expires_at - self.clock).total_seconds()
            self.later(max(left, 0), self.expire, half)
            self.later(SILENCE, self.ask_status, half)

    def expire(self, half):
        if half.state in (State.PROPOSED, State.ASKED):
            self.happens(half, Event.EXPIRE)

    def ask_status(self, half, pause=SILENCE):
        if not ended(half.state):
            self.happens(half, Event.SILENCE)
            self.later(min(pause * 4, DAY), self.ask_status, half, min(pause * 4, DAY))

    def commit(self, half):
        if half.state != State.ACCEPTED:
            # A second worker is too late, and is told so by the table.
            assert step(half.role, half.state, Event.COMMIT).verdict == Verdict.REFUSED
            return
        in_time = protocol.may_commit(self.clock, valid_until=half.valid_until)
        if self.variant.looks_at_the_clock and not in_time:
            self.happens(half, Event.EXPIRE)
        elif self.suspended:
            self.happens(half, Event.DECIDED_NO)
        else:
            self.happens(half, Event.COMMIT)

    def decide(self, half):
        if half.state != State.ASKED:
            return
        if self.clock >= half.expires_at:
            self.happens(half, Event.EXPIRE)
        else:
            yes = not self.suspended and self.random.random() < 0.85
            self.happens(half, Event.PEOPLE_ACCEPT if yes else Event.PEOPLE_REJECT)

    def use(self, half):
        if half.units <= self.held and not half.units & self.marked:
            self.held -= half.units
            self.sim.used += len(half.units)
            self.say(half, Kind.USED)
            if self.random.random() < 0.3:
                self.later(self.random.uniform(0, DAY), self.undo, half)

    def undo(self, half):
        """The use is reversed, and the units are held again."""
        self.held |= half.units
        self.sim.used -= len(half.units)
        self.say(half, Kind.USE_UNDONE)

    # One half moves: the state, what is done, and what is said, or nothing of it.

    def happens(self, half, event, *, agrees=True, about=None):
        found = step(half.role, half.state, event, agrees=agrees, table=self.variant.table)
        if found.verdict == Verdict.TOO_EARLY:
            raise Refused(425)
        if found.verdict == Verdict.CONTRADICTION:
            self.sim.wrong.append(f"{self.name}: {event} contradicts {half.state}")
            raise Refused(409)
        if event == Event.COMMIT and not self.variant.writes_before_it_sends:
            for kind in found.sends:
                self.say(half, kind, about)
            return found
        half.state = found.state
        for act in found.does:
            self._do(half, act)
        for kind in found.sends:
            self.say(half, kind, about)
        if event == Event.ACCEPTED and half.state == State.ACCEPTED:
            for _worker in range(self.random.choice((1, 1, 2))):
                self.later(self.random.choice((0, 1, 1_000, 4_000)), self.commit, half)
        return found

    def _do(self, half, act):
        if act == Act.MARK:
            self.marked |= half.units
        elif act == Act.POST_OUT:
            self.held -= half.units
            self.marked -= half.units
            self.sim.posted_out(half)
        elif act == Act.DECIDE:
            self.later(self.random.choice((0, 0, 60, 2 * DAY)), self.decide, half)
        elif act == Act.HOLD:
            self.limit += 1
            lasts = self.random.choice((400, HOUR))
            half.valid_until = self.clock + timedelta(seconds=lasts)
            self.later(lasts, self.expire_accepted, half)
        elif act == Act.POST_IN:
            # Where the account was closed meanwhile they lie in suspense, which is here as well.
            self.limit -= 1
            self.sim.posted_in(half, self)
            self.held |= half.units
            if self.random.random() < 0.3:
                self.later(self.random.uniform(0, DAY), self.use, half)
        elif act == Act.RELEASE and half.role == Role.SOURCE:
            self.marked -= half.units
        elif act == Act.RELEASE:
            self.limit -= 1

    def expire_accepted(self, half):
        if half.state == State.ACCEPTED:
            self.happens(half, Event.EXPIRE)
            self.later(SILENCE, self.ask_status, half)

    # Messages.

    def say(self, half, kind, about=None):
        row = half.said.get(kind)
        if row is None or kind in FRESH:
            message = self._message(half, kind, about)
            row = half.said[kind] = Row(message, envelope.encode(message))
        row.state, row.attempts = "waiting", 0
        self.later(0, self.deliver, half, row)

    def _message(self, half, kind, about):
        body = _proposal(half) if kind == Kind.PROPOSE else dict(BODIES[kind])
        if kind in ABOUT:
            member, of = ABOUT[kind]
            body[member] = envelope.digest(half.heard[of]).hex()
        if kind == Kind.ACCEPTED:
            body["valid_until"] = canonical.instant(half.valid_until)
        elif kind in (Kind.COMMITTED, Kind.USED):
            body["blocks"] = [[str(unit), str(unit)] for unit in sorted(half.units)]
        elif kind == Kind.STATUS:
            body["state"] = half.state.value
        if kind in OF_USES:
            # One posting uses the units of one transfer, so that its name can be that of both.
            number = str(half.transfer.int % 10**18)
            body |= {"receipt": None, "posting" if kind == Kind.USED else "used": number}
        if kind == Kind.COMMITTED:
            body["at"] = canonical.instant(self.clock)
        return Message(
            id=self.sim.uuid(),
            kind=kind.value,
            sender=self.name,
            receiver=half.other,
            sent_at=self.clock,
            body=body,
            transfer=None if kind in OF_USES else half.transfer,
            about=about and about.id,
        )

    def deliver(self, half, row):
        if row.state != "waiting":
            return
        row.attempts += 1
        status = self.sim.carry(self.name, row)
        if status == 200:
            row.state = "delivered"
        elif status in (401, 425, None):
            pause = min(2**row.attempts, 300) * self.random.uniform(0.5, 1.5)
            self.later(pause, self.deliver, half, row)
        else:
            row.state = "refused"
            if row.message.kind in (Kind.PROPOSE, Kind.COMMITTED, Kind.ACCEPTED):
                self.happens(half, Event.UNDELIVERABLE)

    def receive(self, data, signature):
        """Keeps and applies a message, once.   Raises: Refused."""
        if self.variant.keeps_inbox and data in self.inbox:
            return
        try:
            given = envelope.read(json.loads(data))
        except (ValueError, Malformed) as error:
            raise Refused(401) from error
        if signature != signed(given.sender, data) or given.receiver != self.name:
            raise Refused(401)
        self._apply(given)
        self.inbox.add(data)

    def _apply(self, given):
        if given.kind == Kind.USED:
            posting = given.body["posting"]
            self.told_used += [(posting, *block) for block in given.body["blocks"]]
            return
        if given.kind == Kind.USE_UNDONE:
            standing = [row for row in self.told_used if row[0] != given.body["used"]]
            if standing == self.told_used:
                raise Refused(425)
            self.told_used = standing
            return
        half = self.halves.get(given.transfer)
        if half is None:
            units = frozenset(int(b["first"]) for b in given.body.get("blocks", ()))
            half = Half(given.transfer, Role.DESTINATION, given.sender, units)
            half.expires_at = samples.AT
        earlier = half.heard.get(given.kind)
        agrees = earlier is None or earlier.body == given.body or given.kind in FRESH
        if given.kind in ABOUT:
            member, of = ABOUT[given.kind]
            said = half.said.get(of)
            agrees &= (
                said is not None and given.body[member] == hashlib.sha256(said.data).hexdigest()
            )
        if given.kind == Kind.COMMITTED and half.valid_until is not None:
            at = datetime.fromisoformat(given.body["at"])
            agrees &= protocol.is_in_time(at, valid_until=half.valid_until)
        if given.kind == Kind.ACCEPTED:
            half.valid_until = datetime.fromisoformat(given.body["valid_until"])
        if given.kind == Kind.PROPOSE:
            half.expires_at = datetime.fromisoformat(given.body["expires_at"])
        before = dict(half.heard)
        half.heard[given.kind] = given
        try:
            self.happens(half, Event(given.kind), agrees=agrees, about=given)
        except Refused:
            half.heard = before
            raise
        if half.state != State.NONE:
            self.halves.setdefault(half.transfer, half)


def _proposal(half):
    """Units that go home need no certificate, so that a schedule takes little time."""
    body = samples.PROPOSAL_HOME | {
        "quantity": str(len(half.units)),
        "blocks": [
            {"first": str(unit), "last": str(unit), "certificate": None}
            for unit in sorted(half.units)
        ],
        "expires_at": canonical.instant(half.expires_at),
    }
    return dict(body)


def signed(name, data):
    return hashlib.sha256(f"key of {name}".encode() + data).hexdigest()
