"""Foreign units that are surrendered count at the factor; the rest goes where the edge says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linking.models import UnitsUsed
from linking.services.change_edge import suspend
from registry.errors import RuleViolated
from registry.lines import Line
from registry.models import Basis, Use
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from tests.linking.conftest import EDGES
from tests.linking.test_transfers import approved, sent
from tests.world import blocks, complete, issue_units


@pytest.fixture
def importing(table):
    """Makes the link, with changes to its edge, and 100 CEA that operator A has from over it."""

    def make(**changes):
        table.enact(edges=[{**EDGES[0], **changes}, EDGES[1]])
        world = table.world
        issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
        Basis.objects.create(entity=world.holder_a, kind="obligation", period="2026", tonnes=20_000)
        approved(table, sent(table, 100))
        return table

    return make


def surrendered(table, quantity, **line):
    world = table.world
    line = {"period": "2026", **line}
    lines = [Line(world.at_home.operator_a, None, world.cea.pk, quantity, **line)]
    made = surrender(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)
    return complete(world, made)


def uses():
    """(first, last, credited tonnes) of each range, by serial."""
    return list(Use.objects.order_by("first").values_list("first", "last", "credited_tonnes"))


def test_remainder_is_cancelled_in_the_same_posting(importing):
    """100 units at 0.8: 80 surrendered for 80 t, 20 cancelled for nothing."""
    table = importing()
    surrendered(table, 100)
    at_home, cea = table.world.at_home, table.world.cea
    assert blocks(at_home.surrender, cea) == [(1, 80)]
    assert blocks(at_home.cancellation, cea) == [(81, 100)]
    assert uses() == [(1, 80, 80), (81, 100, 0)]
    assert set(Use.objects.values_list("entity_id", "period")) == {
        (table.world.holder_a.pk, "2026")
    }


def test_named_serials_are_divided_in_their_order(importing):
    """Those that count come first."""
    table = importing()
    surrendered(table, 10, first=41)
    at_home, cea = table.world.at_home, table.world.cea
    assert blocks(at_home.surrender, cea) == [(41, 48)]
    assert blocks(at_home.cancellation, cea) == [(49, 50)]


def test_remainder_is_split_between_reserve_and_cancellation(importing):
    """A quarter of 20 stays in the acceptor's reserve."""
    table = importing(remainder_to="split(1/4)")
    surrendered(table, 100)
    at_home, cea = table.world.at_home, table.world.cea
    assert blocks(at_home.surrender, cea) == [(1, 80)]
    assert blocks(at_home.buffer, cea) == [(81, 85)]
    assert blocks(at_home.cancellation, cea) == [(86, 100)]


def test_reversal_brings_all_of_it_back(importing):
    """What counted, and what did not."""
    table = importing()
    outcome = surrendered(table, 100)
    world = table.world
    made = reverse(
        actor=world.administrator_1,
        transaction_id=outcome.transaction_id,
        key=world.key(),
        at=world.at,
        reason="by mistake",
    )
    complete(world, made)
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 80), (81, 100)]
    assert UnitsUsed.objects.get().units == 100


@pytest.mark.parametrize(
    ("held", "credited", "codes"),
    [
        ("grandfather_until_period_end", 8, []),
        ("haircut(0.9)", 7, []),
        ("freeze", None, ["LINK_SUSPENDED"]),
    ],
)
def test_units_that_are_held_when_the_link_stops(importing, held, credited, codes):
    """Ten units at 0.8 count as ever, at a cut factor, or not at all; nothing new comes in."""
    table = importing(suspension={**EDGES[0]["suspension"], "held": held})
    table.world = replace(table.world, at=table.world.at + timedelta(days=1))
    stopped = {"agreement": "KR-CN", "edge_id": "CN>KR", "at": table.world.at}
    suspend(actor=table.korea, **stopped)
    with pytest.raises(RuleViolated, match="LINK_SUSPENDED"):
        sent(table, 1)
    if codes:
        with pytest.raises(RuleViolated) as caught:
            surrendered(table, 10)
        assert caught.value.codes == codes
    else:
        surrendered(table, 10)
        assert sum(tonnes for _first, _last, tonnes in uses()) == credited


@pytest.mark.parametrize("allowed", [True, False], ids=["banked", "not banked"])
def test_units_of_an_earlier_period(importing, allowed):
    """They are usable in the period in which they came; in a later one where the edge lets them be
    kept, and what came later is not held up by them where it is named."""
    banking = {"allowed": allowed, "limit": "none", "counts_as_net_sales": False}
    table = importing(banking=banking)
    world = table.world
    Basis.objects.create(entity=world.holder_a, kind="obligation", period="2027", tonnes=20_000)
    surrendered(table, 10)
    approved(table, sent(table, 50, period="2027"))
    held = blocks(world.at_home.operator_a, world.cea)
    old, new = held[0][0], held[-1][1] - 9
    surrendered(table, 10, first=new, period="2027")
    if allowed:
        surrendered(table, 10, first=old, period="2027")
    else:
        with pytest.raises(RuleViolated) as caught:
            surrendered(table, 10, first=old, period="2027")
        assert caught.value.codes == ["BANKING_NOT_ALLOWED"]


def test_use_quota_limits_what_was_converted(table):
    """5 % of 1,000 t: of 80 credits that a link has brought, 50 can be used, each at par."""
    world = table.world
    converting = {
        "form": "restricted",
        "method": "issue_and_cancel",
        "converts_to": {"CEA": "KCU"},
        "re_export": "forbidden",
    }
    table.enact(edges=[{**EDGES[0], **converting}, {**EDGES[1], "form": "restricted"}])
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    Basis.objects.create(entity=world.holder_a, kind="obligation", period="2026", tonnes=1_000)
    approved(table, sent(table, 100))

    def surrendered_credits(quantity):
        lines = [Line(world.at_home.operator_a, None, world.kcu.pk, quantity, period="2026")]
        by = {"actor": world.administrator_1, "key": world.key(), "at": world.at}
        return complete(world, surrender(lines=lines, **by))

    with pytest.raises(RuleViolated, match="QUOTA_PARTIAL"):
        surrendered_credits(51)
    surrendered_credits(50)
    assert uses() == [(1, 50, 50)]
    with pytest.raises(RuleViolated, match="QUOTA_EXHAUSTED"):
        surrendered_credits(1)
