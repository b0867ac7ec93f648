"""Links in the benchmarks: what is measured is decided, taken and recounted."""

import pytest

from benchmarks.concord import links
from benchmarks.contender import nonzero
from tests.benchmarks.asking import rolled_back


@pytest.mark.slow
def test_transfers_over_a_link_are_measured_and_recounted(running):
    """On two clients and a quota in slots; a tonne that no decision took is found."""
    racing = links.QuotaSlots(running)
    racing.processes = 2
    racing.prepare()
    assert racing.round(seconds=1).acknowledged > 0
    with rolled_back(running, racing.template) as ask:
        ask("UPDATE registry_limitcounter SET used_t = used_t + 1 WHERE slot = 63")
        found = nonzero(ask, links.RULES)
    assert [rule.partition(":")[0] for rule in found] == [
        "limits that lost other than decisions took"
    ]
    racing.finish()
    figures = links.cross(running, rounds=1, turns=2)
    assert all(figure.median > 0 for figure in figures.values())
