"""All that can happen to one transfer between two nodes, searched breadth first.

The network keeps every message that was ever sent and may deliver any of them at any time, any
number of times, in any order, or never: that is loss, delay, doubling, reordering and replay at
once. Units are counted by what was posted. Time has three parts: before `valid_until` less the
skew, within the skew, and after it; a source whose clock is slow may commit in the second.
"""

from collections import deque
from dataclasses import dataclass, replace
from enum import IntEnum

from linking.messages.kinds import Kind
from linking.protocol import RECEIVED, Act, Event, Role, State, Verdict, ended, step

S, D = Role.SOURCE, Role.DESTINATION
OTHER = {S: D, D: S}
# New each time; all other kinds are sent once, and sent again as they were.
FRESH = (Kind.STATUS, Kind.UNKNOWN)


class Time(IntEnum):
    EARLY = 0
    WITHIN_SKEW = 1
    AFTER = 2


@dataclass(frozen=True)
class Rules:
    """How the two nodes behave. What differs from this is a broken variant."""

    table: object = None
    keeps_inbox: bool = True
    last_commit: Time = Time.WITHIN_SKEW
    # A message leaves with the state that it announces, or not at all.
    writes_before_it_sends: bool = True
    waits_for_the_use: bool = True


@dataclass(frozen=True)
class World:
    """Both halves, what was sent to each side, what each has applied, and what was posted."""

    source: State = State.NONE
    destination: State = State.NONE
    to_source: frozenset = frozenset()
    to_destination: frozenset = frozenset()
    source_applied: frozenset = frozenset()
    destination_applied: frozenset = frozenset()
    time: Time = Time.EARLY
    committed_at: Time | None = None
    out: int = 0
    into: int = 0
    held: int = 0
    uses_told: int = 0
    undone_told: int = 0
    cases: int = 0

    def state(self, role):
        return getattr(self, role.value)

    def applied(self, role):
        return getattr(self, f"{role.value}_applied")

    @property
    def has_ended_well(self):
        """Both sides say the same, and nothing is held for what does not come."""
        if self.source == State.COMPLETED:
            return self.destination == State.COMPLETED and (self.out, self.into) == (1, 1)
        refused = (State.NONE, State.REJECTED, State.ABORTED)
        none = (self.out, self.into, self.held) == (0, 0, 0)
        return ended(self.source) and self.destination in refused and none


def moves(world: World, rules: Rules):
    """(what happens, the world afterwards, whether it comes about by itself) of each move."""
    if world.time < Time.AFTER:
        yield "time passes", replace(world, time=Time(world.time + 1)), True
    for role in Role:
        for event in Event:
            if event not in RECEIVED and _may(world, role, event, rules):
                yield from _happens(world, role, event, rules)
        for kind in sorted(getattr(world, f"to_{role.value}")):
            yield from _arrives(world, role, kind, rules)
    if world.destination == State.COMPLETED and Kind.USED not in world.to_source:
        sent = world.to_source | {Kind.USED}
        yield "destination: the units are used", replace(world, to_source=sent), False
    if Kind.USED in world.to_source and Kind.USE_UNDONE not in world.to_source:
        sent = world.to_source | {Kind.USE_UNDONE}
        yield "destination: the use is undone", replace(world, to_source=sent), False


def _may(world, role, event, rules):
    if event == Event.COMMIT:
        return world.time <= rules.last_commit
    if event == Event.EXPIRE:
        return world.time == Time.AFTER
    # What is refused for good is refused by a node that is not of this protocol.
    return event != Event.UNDELIVERABLE and not (event == Event.ORDER and role == D)


def _happens(world, role, event, rules):
    found = step(role, world.state(role), event, table=rules.table)
    if found.verdict == Verdict.REFUSED:
        return
    by_itself = event in (Event.SILENCE, Event.EXPIRE)
    name = f"{role}: {event}"
    yield name, _after(world, role, found), by_itself
    if not rules.writes_before_it_sends and found.sends:
        yield f"{name}, killed after sending", _sent(world, role, found), False


def _arrives(world, role, kind, rules):
    name = f"{role} hears {kind}"
    is_new = kind in FRESH or kind not in world.applied(role) or not rules.keeps_inbox
    if not is_new:
        return
    if kind == Kind.USED:
        # Home counts the units as used abroad.
        known = _applied(world, role, kind)
        yield name, replace(known, uses_told=min(world.uses_told + 1, 2)), True
        return
    if kind == Kind.USE_UNDONE:
        # Before the use itself was told, it is refused, and sent again later.
        if world.uses_told or not rules.waits_for_the_use:
            known = _applied(world, role, kind)
            yield name, replace(known, undone_told=min(world.undone_told + 1, 2)), True
        return
    in_time = kind != Kind.COMMITTED or world.committed_at != Time.AFTER
    found = step(role, world.state(role), Event(kind), agrees=in_time, table=rules.table)
    if found.verdict != Verdict.TOO_EARLY:
        yield name, _after(_applied(world, role, kind), role, found), True


def _applied(world, role, kind):
    if kind in FRESH:
        return world
    return replace(world, **{f"{role.value}_applied": world.applied(role) | {kind}})


def _sent(world, role, found):
    to = f"to_{OTHER[role].value}"
    world = replace(world, **{to: getattr(world, to) | set(found.sends)})
    if Kind.COMMITTED in found.sends and world.committed_at is None:
        world = replace(world, committed_at=world.time)
    return world


def _after(world, role, found):
    does = found.does
    hold = {Act.HOLD: 1, Act.RELEASE: -world.held, Act.POST_IN: -world.held}
    return replace(
        _sent(world, role, found),
        **{role.value: found.state},
        out=min(world.out + (Act.POST_OUT in does), 2),
        into=min(world.into + (Act.POST_IN in does), 2),
        held=world.held + (sum(hold.get(act, 0) for act in does) if role == D else 0),
        cases=min(world.cases + (Act.CASE in does), 1),
    )


def wrong(world: World):
    """What no world may be, of two nodes that both keep to the protocol."""
    if world.out > 1:
        yield "the units were posted out twice"
    if world.into > 1:
        yield "the units were posted in twice"
    if world.into and not world.out:
        yield "both hold the units"
    if world.out and world.destination in (State.NONE, State.REJECTED, State.ABORTED):
        yield "neither will hold the units"
    if world.source in (State.REJECTED, State.ABORTED) and world.out:
        yield "the source has ended otherwise than it posted"
    if world.destination == State.ABORTED and not ended(world.source):
        yield "the destination released before the source had ended"
    if world.committed_at == Time.AFTER:
        yield "the source committed after the acceptance had expired"
    if world.uses_told > 1:
        yield "a use was counted twice"
    if world.undone_told > world.uses_told:
        yield "a use was undone that was not told"
    if world.cases:
        yield "a case, although nobody did anything wrong"


@dataclass(frozen=True)
class Found:
    """Every world that was reached, how, and what is wrong with some of them."""

    ways: dict
    problems: dict

    def told(self, world) -> list[str]:
        """What happened until a world came about."""
        steps = []
        while self.ways[world] is not None:
            world, name = self.ways[world]
            steps.append(name)
        return steps[::-1]


def search(rules: Rules = Rules()) -> Found:
    """Every world that can come about; with each problem, the first in which it shows."""
    begin = World()
    ways, problems = {begin: None}, {}
    queue, into = deque([begin]), {}
    while queue:
        world = queue.popleft()
        for problem in wrong(world):
            problems.setdefault(problem, world)
        for name, after, by_itself in moves(world, rules):
            if by_itself:
                into.setdefault(after, []).append(world)
            if after not in ways:
                ways[after] = world, name
                queue.append(after)
    for world in _stuck(ways, into):
        problems.setdefault("it never ends by itself", world)
        break
    return Found(ways, problems)


def _stuck(ways, into):
    """Worlds from which no way leads to a good end without people doing something.

    Where people have yet to decide, or nothing was asked, it need not end.
    """
    can_end = {world for world in ways if world.has_ended_well}
    queue = deque(can_end)
    while queue:
        for before in into.get(queue.popleft(), ()):
            if before not in can_end:
                can_end.add(before)
                queue.append(before)
    for world in ways:
        if world.source not in (State.NONE, State.PROPOSED) and world not in can_end:
            yield world
