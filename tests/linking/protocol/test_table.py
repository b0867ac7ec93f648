"""The table of states: every event has an outcome, and ended halves stay as they are."""

from datetime import timedelta

import pytest

from linking import protocol
from linking.protocol import (
    LOCAL,
    RECEIVED,
    TABLE,
    Act,
    Event,
    Role,
    State,
    Verdict,
    ended,
    step,
)
from tests.linking.messages.samples import AT

EVERY = [(role, state, event) for role in Role for state in State for event in Event]
SENT_BY = {
    Role.SOURCE: {"propose", "committed", "aborted", "status", "unknown"},
    Role.DESTINATION: {"accepted", "rejected", "completed", "abort", "status", "unknown"},
}
# States that only one side has.
STATES = {
    Role.SOURCE: set(State),
    Role.DESTINATION: set(State) - {State.PROPOSED, State.COMMITTED},
}


def test_every_event_has_an_outcome_in_every_state():
    """A message that can not be is a contradiction and makes a case; an act at home that is not
    possible is refused; nothing else is left open."""
    for role, state, event in EVERY:
        found = step(role, state, event)
        assert found.state in STATES[role] | {state}
        assert set(found.sends) <= SENT_BY[role]
        if found.verdict in (Verdict.CONTRADICTION, Verdict.REFUSED):
            assert found.state == state
            assert found.sends == ()
            assert found.does == ((Act.CASE,) if event in RECEIVED else ())
        assert (found.verdict == Verdict.REFUSED) <= (event in LOCAL)
        assert (found.verdict == Verdict.CONTRADICTION) <= (event in RECEIVED)


def test_what_is_known_or_crossed_changes_nothing():
    """A repetition changes nothing and is not answered; what comes late is only answered."""
    for role, state, event in EVERY:
        found = step(role, state, event)
        if found.verdict in (Verdict.KNOWN, Verdict.OUT_OF_ORDER, Verdict.TOO_EARLY):
            assert (found.state, found.does) == (state, ())
        if found.verdict in (Verdict.KNOWN, Verdict.TOO_EARLY):
            assert found.sends == ()


def test_ended_halves_stay_ended():
    """No event leads out of an end, and none moves units there."""
    for role, state, event in EVERY:
        if ended(state):
            found = step(role, state, event)
            assert found.state == state
            assert set(found.does) <= {Act.CASE}


@pytest.mark.parametrize("event", RECEIVED, ids=str)
def test_a_message_that_contradicts_changes_nothing(event):
    """What names another message than was sent is a case in every state."""
    for role in Role:
        for state in State:
            found = step(role, state, event, agrees=False)
            assert (found.state, found.sends, found.does) == (state, (), (Act.CASE,))
            assert found.verdict == Verdict.CONTRADICTION


def test_units_move_in_one_place_of_the_table():
    """Posting out and posting in each belong to one step; a destination that has accepted is
    released by `aborted` alone."""
    doing = {
        act: [
            (role, state, event)
            for role, state, event in EVERY
            if act in step(role, state, event).does
        ]
        for act in (Act.POST_OUT, Act.POST_IN, Act.RELEASE)
    }
    assert doing[Act.POST_OUT] == [(Role.SOURCE, State.ACCEPTED, Event.COMMIT)]
    assert doing[Act.POST_IN] == [(Role.DESTINATION, State.ACCEPTED, Event.COMMITTED)]
    released = [place for place in doing[Act.RELEASE] if place[0] == Role.DESTINATION]
    assert released == [(Role.DESTINATION, State.ACCEPTED, Event.ABORTED)]


def test_answers_do_not_chase_each_other():
    """What a half sends in answer to a message that changed nothing at both sides is answered by
    no third message: two nodes never talk for ever."""
    for source in STATES[Role.SOURCE]:
        for destination in STATES[Role.DESTINATION]:
            halves = {Role.SOURCE: source, Role.DESTINATION: destination}
            for role in Role:
                for event in RECEIVED:
                    assert _talks(halves, role, event, depth=0) < 6, (halves, role, event)


def _talks(halves, role, event, depth):
    """How long the exchange is that a message starts."""
    found = step(role, halves[role], event)
    if depth > 8:
        return depth
    halves = {**halves, role: found.state}
    other = Role.DESTINATION if role == Role.SOURCE else Role.SOURCE
    # What was sent before is known by its id where it has arrived; here it has not.
    return max([depth, *(_talks(halves, other, Event(k), depth + 1) for k in found.sends)])


def test_the_source_stops_committing_before_the_acceptance_ends():
    """A clock that is five minutes slow commits before `valid_until` all the same."""
    until = AT + timedelta(hours=1)
    assert protocol.may_commit(until - timedelta(minutes=5, microseconds=1), valid_until=until)
    assert not protocol.may_commit(until - timedelta(minutes=5), valid_until=until)
    slow = timedelta(minutes=5)
    by_its_clock = until - protocol.SKEW - timedelta(microseconds=1)
    assert protocol.is_in_time(by_its_clock + slow, valid_until=until)
    assert not protocol.is_in_time(until, valid_until=until)


def test_the_table_is_not_changed_by_accident():
    """The table can only be read."""
    with pytest.raises(TypeError):
        TABLE[Role.SOURCE] = {}
