"""The states of an edge, at any instant. Instants are UTC, intervals half-open. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

# From each state, the states that may follow.
FOLLOWS = {
    "draft": {"pilot", "active"},
    "pilot": {"active", "suspended", "terminated"},
    "active": {"suspended", "terminated"},
    "suspended": {"pilot", "active", "terminated"},
    "terminated": set(),
}
OPEN = ("pilot", "active")


@dataclass(frozen=True, slots=True)
class Change:
    """From the instant `at` on the edge is in `state`; `cause` is a trigger, or an act.

    `grace_until` is the last day on which units held abroad are still usable.
    """

    at: datetime
    state: str
    cause: str = ""
    grace_until: date | None = None


def may_follow(before: str, after: str) -> bool:
    return after in FOLLOWS[before]


def change_at(changes, at: datetime) -> Change | None:
    """The last change that has come by `at`; `changes` are in the order of their instants."""
    found = None
    for change in changes:
        if change.at > at:
            break
        found = change
    return found


def state_at(edge, changes, at: datetime) -> tuple[str, Change | None]:
    """The state of an edge (in its phase), and the change that made it so.

    A phase that is a draft keeps the edge closed, whatever was resumed meanwhile.
    """
    change = change_at(changes, at)
    if change is None or (edge.state == "draft" and change.state in OPEN):
        return edge.state, change
    return change.state, change
