"""A stored decision can be made again from what it rested on, also after everything has moved."""

import copy
from datetime import timedelta

import pytest

from linking.models import StoredDecision
from linking.selectors.replay import made_again
from linking.services.accept import accept, outcome
from linking.services.allot import allot
from linking.services.change_edge import suspend
from tests.linking.conftest import EDGES
from tests.linking.documents import factor, quota
from tests.linking.test_limits import owes, use_line, wanted
from tests.linking.using import of_line


def unchanged():
    """Each stored decision comes out the same again."""
    count = 0
    for stored in StoredDecision.objects.select_related("edge__version"):
        again = outcome(made_again(stored))
        assert again == {name: stored.outcome[name] for name in again}
        count += 1
    return count


@pytest.mark.parametrize("reserve", ["0", "0.01"])
def test_imports_and_uses_come_out_the_same(table, reserve):
    """Although the link was amended and suspended, and limits were taken, since then."""
    edges = [{**EDGES[0], "reserve_share": reserve, "residue": "absorb"}, EDGES[1]]
    table.enact(edges=edges)
    owes(table, 2000)
    at, home = table.world.at, table.world.home.pk
    accept(wanted(301), at=at)
    accept(wanted(2000), at=at)
    for n in (2, 2, 121):
        of_line(use_line(table, n), home, at)
    amended = copy.deepcopy(edges)
    amended[0] |= {"factor": factor("0.5"), "quotas": [quota(value="1000")]}
    table.enact(at=at + timedelta(days=1), edges=amended)
    suspend(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=at + timedelta(days=2))
    assert unchanged() == 5


def test_given_out_quotas_come_out_the_same(table):
    """Both counters are known again."""
    table.enact(edges=[{**EDGES[0], "quotas": [quota(value="100", allocation="pro_rata")]},
                       EDGES[1]])  # fmt: skip
    holder = table.world.holder_a.pk
    allot(
        actor=table.korea, agreement="KR-CN", edge_id="CN>KR", quota_number=0, period="2026",
        wishes={holder: 40, table.world.holder_b.pk: 60},
    )  # fmt: skip
    accept(wanted(3, entity=holder), at=table.world.at)
    accept(wanted(100, entity=holder), at=table.world.at)
    assert unchanged() == 2


def test_a_changed_record_comes_out_otherwise(table):
    """Whoever writes another figure is found: the rows can not be changed, a copy can."""
    table.enact()
    accept(wanted(10), at=table.world.at)
    stored = StoredDecision.objects.select_related("edge__version").get()
    stored.request["request"]["quantity"] = 11
    assert outcome(made_again(stored))["accepted"] != stored.outcome["accepted"]
