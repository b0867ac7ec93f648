"""Whatever the network does with the messages of a transfer, the units are in one place."""

import pytest

from linking import protocol
from linking.messages.kinds import Kind
from linking.protocol import Act, Event, Role, State, Step
from tests.linking.protocol.search import Rules, Time, search


def varied(role, changes):
    """The table with some steps of one role replaced: {(state, event): step}."""
    table = {each: {s: dict(of) for s, of in protocol.TABLE[each].items()} for each in Role}
    for (state, event), found in changes.items():
        table[role][state][event] = found
    return table


@pytest.fixture(scope="module")
def found():
    return search()


def test_units_are_in_one_place_whatever_is_lost_doubled_or_late(found):
    """Of all worlds that can come about, none is wrong, and each comes to a good end by itself."""
    assert {problem: found.told(world) for problem, world in found.problems.items()} == {}


def test_the_search_reaches_every_state(found):
    """Every state of both halves comes about, and so does every end of both."""
    assert {world.source for world in found.ways} == set(State)
    assert {world.destination for world in found.ways} == set(State) - {
        State.PROPOSED,
        State.COMMITTED,
    }
    ends = {
        (w.source, w.destination) for w in found.ways if w.has_ended_well and w.time == Time.AFTER
    }
    assert (State.COMPLETED, State.COMPLETED) in ends
    assert (State.ABORTED, State.ABORTED) in ends
    assert (State.ABORTED, State.REJECTED) in ends
    assert (State.REJECTED, State.REJECTED) in ends
    assert len(found.ways) > 1_000


ACCEPTED_THEN_EXPIRED = (State.ACCEPTED, Event.EXPIRE)
VARIANTS = {
    "no inbox": (Rules(keeps_inbox=False), "a use was counted twice"),
    "no inbox, and a half that does not look at its state": (
        Rules(
            keeps_inbox=False,
            table=varied(
                Role.DESTINATION,
                {
                    (State.COMPLETED, Event.COMMITTED): Step(
                        State.COMPLETED, (Kind.COMPLETED,), (Act.POST_IN,)
                    )
                },
            ),
        ),
        "the units were posted in twice",
    ),
    "release on timeout": (
        Rules(
            table=varied(
                Role.DESTINATION,
                {ACCEPTED_THEN_EXPIRED: Step(State.ABORTED, does=(Act.RELEASE,))},
            )
        ),
        "neither will hold the units",
    ),
    "undone before it was used": (
        Rules(waits_for_the_use=False),
        "a use was undone that was not told",
    ),
    "commit after expiry": (Rules(last_commit=Time.AFTER), "it never ends by itself"),
    "sent before it was written": (Rules(writes_before_it_sends=False), "both hold the units"),
    "abortion after the commit": (
        Rules(
            table=varied(
                Role.SOURCE,
                {(State.COMMITTED, Event.ABORT): Step(State.ABORTED, (Kind.ABORTED,))},
            )
        ),
        "the source has ended otherwise than it posted",
    ),
    "release on request": (
        Rules(
            table=varied(
                Role.DESTINATION,
                {
                    (State.ACCEPTED, Event.WITHDRAW): Step(
                        State.ABORTED, (Kind.ABORT,), (Act.RELEASE,)
                    )
                },
            )
        ),
        "the destination released before the source had ended",
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_broken_variant_is_found(name):
    """The search finds what each variant breaks."""
    rules, problem = VARIANTS[name]
    assert problem in search(rules).problems


def test_a_half_looks_at_its_state_and_the_inbox_at_the_id():
    """Units are not posted in twice as long as one of both holds."""
    twice = "the units were posted in twice"
    table = VARIANTS["no inbox, and a half that does not look at its state"][0].table
    assert twice not in search(Rules(keeps_inbox=False)).problems
    assert twice not in search(Rules(table=table)).problems
