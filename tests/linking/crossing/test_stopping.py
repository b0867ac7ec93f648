"""A link stops while a transfer between two nodes is under way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import EdgeChange, Transfer
from linking.services.change_edge import suspend
from linking.services.crossing.go_on import go_on
from linking.services.return_in_flight import return_in_flight
from registry import canonical
from registry.models import Transaction
from tests.linking.crossing import test_destination, test_source
from tests.linking.crossing.test_destination import committed
from tests.linking.crossing.test_source import accepted, state
from tests.world import blocks

proposed, going, coming = test_source.proposed, test_source.asked, test_destination.asked


def stopped_abroad(linked):
    """The far node's registry has suspended what it accepts, as its message tells."""
    of = linked.version.agreement
    party = of.parties.get(jurisdiction__code="JP")
    EdgeChange.objects.create(
        agreement=of,
        edge_id="KR>JP",
        at=timezone.now(),
        state="suspended",
        cause="manual",
        by=party,
        person_id=linked.korea.person_id,
    )


@pytest.mark.parametrize("has_answer", [True, False], ids=["accepted", "asked"])
def test_nothing_leaves_over_a_link_that_has_stopped(going, has_answer):
    """Accepted or not: the half ends, its units are free, and the other node is told."""
    if has_answer:
        accepted(going)
    stopped_abroad(going)
    act = go_on if has_answer else return_in_flight
    assert act(at=timezone.now()) == 1
    assert state(going) == ("aborted", Transaction.Status.FAILED)
    assert going.far.told("aborted") == [{"reason": "LINK_SUSPENDED"}]
    assert blocks(going.world.at_home.operator_a, going.world.kau) == [(1, 500)]


def test_what_is_not_approved_is_returned_unasked(proposed):
    """The other node never hears of it."""
    stopped_abroad(proposed)
    assert return_in_flight(at=timezone.now()) == 1
    assert go_on(at=timezone.now()) == 1
    assert state(proposed) == ("aborted", Transaction.Status.REJECTED)
    assert proposed.far.told() == []


def suspended_here(linked, at):
    suspend(actor=linked.korea, agreement="KR-JP", edge_id="JP>KR", at=at)


def test_the_destination_asks_for_an_end_once(linked, coming):
    """It has promised, and releases nothing by itself."""
    name, _digest = coming
    at = linked.world.at + timedelta(seconds=1)
    suspended_here(linked, at)
    assert [return_in_flight(at=at) for _time in range(2)] == [1, 0]
    assert linked.far.told("abort") == [{"reason": "LINK_SUSPENDED"}]
    assert Transfer.objects.get(uuid=name).state == "accepted"


@pytest.mark.parametrize(
    ("seconds", "is_in_suspense"), [(-1, False), (0, True)], ids=["before", "at the instant"]
)
def test_units_that_left_after_the_instant_lie_in_suspense(linked, coming, seconds, is_in_suspense):
    """The source had not heard of it; what left before goes to its account."""
    name, _digest = coming
    world = linked.world
    at = world.at + timedelta(minutes=2)
    suspended_here(linked, at)
    committed(linked, name, at=canonical.instant(at + timedelta(seconds=seconds)))
    place = world.at_home.suspense if is_in_suspense else world.at_home.operator_a
    assert blocks(place, world.gxa) == [(1, 100)]
    assert linked.far.told("completed")[0]["suspense"] is is_in_suspense
