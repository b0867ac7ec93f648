"""The states of an order that takes units through their home to a third registry. Pure.

Two transfers do it: the first brings the units home, the second takes them on, and is proposed by
the node that keeps their home once the first has ended there. That node says how it ended.
docs/protocol.md has the same table for people.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from .protocol import Role


class State(StrEnum):
    """`at_home`: the first transfer has ended, and the second is to be proposed."""

    PLANNED = "planned"
    AT_HOME = "at_home"
    SENT = "sent"
    ARRIVED = "arrived"
    STAYED = "stayed"
    DROPPED = "dropped"


class Event(StrEnum):
    FIRST_COMPLETED = "first_completed"
    # It was rejected or aborted: the units never left.
    FIRST_ENDED = "first_ended"
    PROPOSED = "proposed"
    # By the rules at home, or by a home that does not send on for others.
    REFUSED = "refused"
    SECOND_COMPLETED = "second_completed"
    SECOND_ENDED = "second_ended"
    # What the node of the units' home says of it.
    WENT_ON = "went-on"
    STAYED = "stayed"


ENDS = (State.ARRIVED, State.STAYED, State.DROPPED)
BEGINS = {Event.FIRST_COMPLETED: State.AT_HOME, Event.FIRST_ENDED: State.DROPPED}
# The role of a node in the first transfer: its destination keeps the units' home.
TABLE: Mapping = MappingProxyType(
    {
        Role.SOURCE: {
            State.PLANNED: BEGINS,
            State.AT_HOME: {
                Event.WENT_ON: State.ARRIVED,
                Event.STAYED: State.STAYED,
                Event.REFUSED: State.STAYED,
            },
        },
        Role.DESTINATION: {
            State.PLANNED: BEGINS,
            State.AT_HOME: {Event.PROPOSED: State.SENT, Event.REFUSED: State.STAYED},
            State.SENT: {
                Event.SECOND_COMPLETED: State.ARRIVED,
                Event.SECOND_ENDED: State.STAYED,
            },
        },
    }
)


def step(role: Role, state: State, event: Event) -> State | None:
    """The state afterwards; None where the event is not possible."""
    return TABLE[role].get(state, {}).get(event)
