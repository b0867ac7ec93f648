"""The states of an onward transfer, pure."""

import pytest

from linking import onward
from linking.onward import ENDS, TABLE, Event, State, step
from linking.protocol import Role


def paths(role, state=State.PLANNED):
    """Every way from a state to an end, as tuples of events."""
    events = TABLE[role].get(state, {})
    if not events:
        return [((), state)]
    return [
        ((event, *rest), end) for event, after in events.items() for rest, end in paths(role, after)
    ]


@pytest.mark.parametrize("role", TABLE, ids=str)
def test_every_way_ends(role):
    """In units that arrived, stayed at home, or never left."""
    assert {end for _events, end in paths(role)} == set(ENDS)


@pytest.mark.parametrize("role", TABLE, ids=str)
def test_ends_stay(role):
    for state in ENDS:
        assert {step(role, state, event) for event in Event} == {None}


def test_units_arrive_only_from_home():
    """The second transfer is proposed after the first has ended, by the node of their home."""
    (home,) = [events for events, end in paths(Role.DESTINATION) if end == State.ARRIVED]
    assert home == (Event.FIRST_COMPLETED, Event.PROPOSED, Event.SECOND_COMPLETED)
    (told,) = [events for events, end in paths(Role.SOURCE) if end == State.ARRIVED]
    assert told == (Event.FIRST_COMPLETED, Event.WENT_ON)
    assert step(Role.SOURCE, State.PLANNED, Event.WENT_ON) is None


def test_states_are_those_of_the_rows():
    from linking.models import OnwardTransfer

    assert set(OnwardTransfer.State.values) == set(onward.State)
