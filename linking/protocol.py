"""The states of a transfer's two halves, as one table. Pure: no clock, no database, no network.

Each node keeps one half. What happens to it - a message of the other node, or something at home -
is an event; `step` says what becomes of the half, what is sent, and what is to be done in the same
database transaction. docs/protocol.md has the same table for people.

What the table rests on:
- A half sends a message of a kind once. To send it again is to send the same bytes under the same
  id, and whoever has applied them answers `known`. Only `status` and `unknown` are new each time.
- Posting out is the commit point. The source reaches it only while `may_commit`, so a destination
  that has accepted never ends by itself: it asks, however long it takes.
- An ended half stays for ever, and goes on answering.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from .messages.kinds import Kind

# How far two clocks may be apart: the source stops committing that long before `valid_until`.
SKEW = timedelta(minutes=5)


class Role(StrEnum):
    SOURCE = "source"
    DESTINATION = "destination"


class State(StrEnum):
    """`none` is a transfer of which a node knows nothing."""

    NONE = "none"
    PROPOSED = "proposed"
    ASKED = "asked"
    ACCEPTED = "accepted"
    COMMITTED = "committed"
    COMPLETED = "completed"
    REJECTED = "rejected"
    ABORTED = "aborted"


class Event(StrEnum):
    """A message that came, or what happens at home: people, rules, time, the outbox."""

    PROPOSE = Kind.PROPOSE
    ACCEPTED = Kind.ACCEPTED
    REJECTED = Kind.REJECTED
    COMMITTED = Kind.COMMITTED
    COMPLETED = Kind.COMPLETED
    ABORT = Kind.ABORT
    ABORTED = Kind.ABORTED
    STATUS = Kind.STATUS
    UNKNOWN = Kind.UNKNOWN
    # The source's order is made; its people have approved it; it posts out.
    ORDER = "order"
    ASK = "ask"
    COMMIT = "commit"
    # The destination's people, where the edge asks for them.
    PEOPLE_ACCEPT = "people_accept"
    PEOPLE_REJECT = "people_reject"
    # The rules: the destination's on what is asked, the source's when they are looked at again.
    DECIDED_YES = "decided_yes"
    DECIDED_NO = "decided_no"
    # Whoever asked no longer wants it; a time has passed; nothing was heard for long.
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    SILENCE = "silence"
    # The other node has refused the last message of this half for good.
    UNDELIVERABLE = "undeliverable"


RECEIVED = tuple(Event(kind) for kind in Kind if kind in tuple(Event))
LOCAL = tuple(event for event in Event if event not in RECEIVED)


class Verdict(StrEnum):
    """What an event was to the half.

    `applied`: it happened. `known`: nothing new. `out_of_order`: late or crossed; answered by
    the last own message. `contradiction`: it can not be, so there is a case. `refused`: something
    at home that is not possible now. `too_early`: to be sent again later, nothing is kept.
    """

    APPLIED = "applied"
    KNOWN = "known"
    OUT_OF_ORDER = "out_of_order"
    CONTRADICTION = "contradiction"
    REFUSED = "refused"
    TOO_EARLY = "too_early"


class Act(StrEnum):
    """What is done besides, in the same database transaction.

    The source marks its units and, at the commit point, posts them out; the destination decides,
    takes limits and account (hold), and posts in. What was taken is given back by release.
    """

    MARK = "mark"
    POST_OUT = "post_out"
    DECIDE = "decide"
    HOLD = "hold"
    POST_IN = "post_in"
    RELEASE = "release"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Step:
    """The state afterwards, what is sent, and what is done."""

    state: State
    sends: tuple[Kind, ...] = ()
    does: tuple[Act, ...] = ()
    verdict: Verdict = Verdict.APPLIED


def step(role: Role, state: State, event: Event, *, agrees: bool = True, table=None) -> Step:
    """What an event makes of a half. Every event has an outcome in every state.

    `agrees` is False for a message that names another one than this half has sent, differs from
    one of its kind that came before, or commits at or after `valid_until`: a contradiction.
    """
    if not agrees and event in RECEIVED:
        return Step(state, does=(Act.CASE,), verdict=Verdict.CONTRADICTION)
    found = (TABLE if table is None else table)[role].get(state, {}).get(event)
    if found is not None:
        return found
    if event in RECEIVED:
        return Step(state, does=(Act.CASE,), verdict=Verdict.CONTRADICTION)
    return Step(state, verdict=Verdict.REFUSED)


def may_commit(at: datetime, *, valid_until: datetime, skew: timedelta = SKEW) -> bool:
    """Whether the source may still post out at a moment of its own clock."""
    return at < valid_until - skew


def is_in_time(committed_at: datetime, *, valid_until: datetime) -> bool:
    """Whether the destination has to take in what was committed at a moment that the source
    names; when it hears of it does not matter."""
    return committed_at < valid_until


def ended(state: State) -> bool:
    return state in (State.COMPLETED, State.REJECTED, State.ABORTED)


def _to(state, *sends, does=()) -> Step:
    return Step(state, sends, tuple(does))


def _known(state) -> Step:
    return Step(state, verdict=Verdict.KNOWN)


def _again(state, *sends) -> Step:
    """The other side is behind, or messages have crossed: it is told again."""
    return Step(state, sends, verdict=Verdict.OUT_OF_ORDER)


def _answer(state, *sends) -> Step:
    """A question is answered by the last own message."""
    return Step(state, sends)


def _case(state) -> Step:
    return Step(state, does=(Act.CASE,))


S, E, K, A = State, Event, Kind, Act
ABORTED_BY_SOURCE = _to(S.ABORTED, K.ABORTED, does=(A.RELEASE,))
SOURCE = {
    S.NONE: {
        E.ORDER: _to(S.PROPOSED, does=(A.MARK,)),
        E.STATUS: _answer(S.NONE, K.UNKNOWN),
    },
    S.PROPOSED: {
        E.ASK: _to(S.ASKED, K.PROPOSE),
        # Nobody has heard of it.
        **dict.fromkeys((E.DECIDED_NO, E.WITHDRAW, E.EXPIRE), _to(S.ABORTED, does=(A.RELEASE,))),
    },
    S.ASKED: {
        E.ACCEPTED: _to(S.ACCEPTED),
        E.REJECTED: _to(S.REJECTED, does=(A.RELEASE,)),
        E.UNDELIVERABLE: _to(S.REJECTED, does=(A.RELEASE,)),
        **dict.fromkeys((E.ABORT, E.DECIDED_NO, E.WITHDRAW, E.EXPIRE), ABORTED_BY_SOURCE),
        E.STATUS: _answer(S.ASKED, K.PROPOSE),
        E.UNKNOWN: _again(S.ASKED, K.PROPOSE),
        E.SILENCE: _to(S.ASKED, K.STATUS),
    },
    S.ACCEPTED: {
        E.COMMIT: _to(S.COMMITTED, K.COMMITTED, does=(A.POST_OUT,)),
        **dict.fromkeys((E.ABORT, E.DECIDED_NO, E.WITHDRAW, E.EXPIRE), ABORTED_BY_SOURCE),
        E.ACCEPTED: _known(S.ACCEPTED),
        E.STATUS: _answer(S.ACCEPTED, K.PROPOSE),
        E.UNKNOWN: _again(S.ACCEPTED, K.PROPOSE),
    },
    S.COMMITTED: {
        E.COMPLETED: _to(S.COMPLETED),
        E.ACCEPTED: _known(S.COMMITTED),
        E.STATUS: _answer(S.COMMITTED, K.COMMITTED),
        **dict.fromkeys((E.ABORT, E.UNKNOWN), _again(S.COMMITTED, K.COMMITTED)),
        E.SILENCE: _to(S.COMMITTED, K.COMMITTED, K.STATUS),
        E.UNDELIVERABLE: _case(S.COMMITTED),
    },
    S.COMPLETED: {
        **dict.fromkeys((E.ACCEPTED, E.COMPLETED, E.UNKNOWN), _known(S.COMPLETED)),
        E.STATUS: _answer(S.COMPLETED, K.COMMITTED),
        E.ABORT: _again(S.COMPLETED, K.COMMITTED),
    },
    S.REJECTED: {
        **dict.fromkeys((E.REJECTED, E.UNKNOWN), _known(S.REJECTED)),
        # It can not be told to have ended otherwise than by what every destination obeys.
        E.STATUS: _answer(S.REJECTED, K.ABORTED),
        E.ABORT: _again(S.REJECTED, K.ABORTED),
    },
    S.ABORTED: {
        # They crossed the abortion.
        **dict.fromkeys((E.ACCEPTED, E.ABORT), _again(S.ABORTED, K.ABORTED)),
        E.STATUS: _answer(S.ABORTED, K.ABORTED),
        **dict.fromkeys((E.REJECTED, E.UNKNOWN), _known(S.ABORTED)),
    },
}
ACCEPTS = _to(S.ACCEPTED, K.ACCEPTED, does=(A.HOLD,))
REJECTS = _to(S.REJECTED, K.REJECTED)
DESTINATION = {
    S.NONE: {
        E.PROPOSE: _to(S.ASKED, does=(A.DECIDE,)),
        # Its proposal is still under way, and would otherwise be taken for a new one.
        E.ABORTED: Step(S.NONE, verdict=Verdict.TOO_EARLY),
        E.STATUS: _answer(S.NONE, K.UNKNOWN),
    },
    S.ASKED: {
        **dict.fromkeys((E.DECIDED_YES, E.PEOPLE_ACCEPT), ACCEPTS),
        **dict.fromkeys((E.DECIDED_NO, E.PEOPLE_REJECT, E.EXPIRE), REJECTS),
        E.ABORTED: _to(S.ABORTED),
        # There is nothing to say yet.
        **dict.fromkeys((E.PROPOSE, E.STATUS), _known(S.ASKED)),
    },
    S.ACCEPTED: {
        E.COMMITTED: _to(S.COMPLETED, K.COMPLETED, does=(A.POST_IN,)),
        E.ABORTED: _to(S.ABORTED, does=(A.RELEASE,)),
        E.PROPOSE: _known(S.ACCEPTED),
        E.STATUS: _answer(S.ACCEPTED, K.ACCEPTED),
        # It only asks: the source may have committed.
        **dict.fromkeys((E.EXPIRE, E.SILENCE), _to(S.ACCEPTED, K.STATUS)),
        E.WITHDRAW: _to(S.ACCEPTED, K.ABORT),
        E.UNDELIVERABLE: _case(S.ACCEPTED),
    },
    S.COMPLETED: {
        **dict.fromkeys((E.PROPOSE, E.COMMITTED), _known(S.COMPLETED)),
        E.STATUS: _answer(S.COMPLETED, K.COMPLETED),
        E.UNDELIVERABLE: _case(S.COMPLETED),
    },
    S.REJECTED: {
        **dict.fromkeys((E.PROPOSE, E.ABORTED), _known(S.REJECTED)),
        E.STATUS: _answer(S.REJECTED, K.REJECTED),
    },
    S.ABORTED: {
        **dict.fromkeys((E.PROPOSE, E.ABORTED, E.STATUS), _known(S.ABORTED)),
    },
}
TABLE: Mapping = MappingProxyType({Role.SOURCE: SOURCE, Role.DESTINATION: DESTINATION})
