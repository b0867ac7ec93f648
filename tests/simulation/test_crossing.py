"""Thousands of schedules of transfers between nodes: wherever it breaks, units are in one place."""

import pytest

from linking.protocol import Act, Event, Role, State, Step
from tests.linking.protocol.test_search import varied
from tests.simulation.crossing import Simulation
from tests.simulation.crossing_node import Variant

CHUNK = 250
BROKEN = {
    "no inbox": Variant(keeps_inbox=False),
    "release on timeout": Variant(
        table=varied(
            Role.DESTINATION,
            {(State.ACCEPTED, Event.EXPIRE): Step(State.ABORTED, does=(Act.RELEASE,))},
        )
    ),
    "commit after expiry": Variant(looks_at_the_clock=False),
    "sent before it was written": Variant(writes_before_it_sends=False),
    "no marks": Variant(marks=False),
}


def wrong(seeds):
    """What is wrong, by seed."""
    found = {seed: Simulation(seed).run() for seed in seeds}
    return {seed: problems for seed, problems in found.items() if problems}


@pytest.mark.parametrize("chunk", range(8))
def test_units_are_in_one_place(chunk):
    """Messages are lost, delayed, doubled, corrupted and replayed after a month, nodes are killed,
    clocks differ, links are suspended, acceptances expire, two operators send the same units:
    both sides come to the same end by themselves."""
    assert wrong(range(chunk * CHUNK, (chunk + 1) * CHUNK)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(8))
def test_units_are_in_one_place_in_many_schedules(chunk):
    """The same, ten thousand times."""
    assert wrong(range(10_000 + chunk * 1_250, 10_000 + (chunk + 1) * 1_250)) == {}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_variant_is_found(name):
    """Two hundred schedules suffice to find what is wrong with each."""
    assert any(Simulation(seed, BROKEN[name]).run() for seed in range(200))


def test_schedules_reach_every_end():
    """Schedules are no use in which nothing happens: every end comes about, and uses are told."""
    ends, used = set(), 0
    for seed in range(60):
        simulation = Simulation(seed)
        assert simulation.run() == []
        used += simulation.used
        for node in simulation.nodes.values():
            ends |= {(half.role, half.state) for half in node.halves.values()}
    assert used
    assert ends == {
        (role, state) for role in Role for state in (State.COMPLETED, State.REJECTED, State.ABORTED)
    }
