"""A unit is promised once: what lies here, or is on its way here, is not accepted again."""

import uuid

import pytest

from linking.models import PromisedBlock, Transfer
from linking.services.crossing import promises
from registry.models import LimitCounter, VerifiedMessage
from tests.linking.crossing.test_destination import asked, committed, used
from tests.world import blocks

__all__ = ["asked"]


def proposed(linked, *ranges, **changes):
    """A proposal of the far node, and what it was answered: the codes that refuse it, or None."""
    body = linked.far.proposal(linked.version, blocks=ranges, **changes)
    name = uuid.uuid4()
    linked.far.hear("propose", body, transfer=name)
    if Transfer.objects.filter(uuid=name).exists():
        return None
    return [
        (each["code"], each["data"]["first"], each["data"]["last"])
        for each in linked.far.told("rejected")[-1]["failures"]
    ]


def kept():
    rows = LimitCounter.objects.order_by("pk").values_list("used_t", flat=True)
    return Transfer.objects.count(), PromisedBlock.objects.count(), list(rows)


def test_units_that_lie_here_are_not_accepted_again(linked, asked):
    """The runs that are held are named; nothing is written but the two messages."""
    committed(linked, asked[0])
    before = kept()
    assert proposed(linked, (51, 150)) == [("BLOCK_HELD_HERE", "51", "100")]
    assert kept() == before
    assert VerifiedMessage.objects.count() == 1
    assert blocks(linked.world.at_home.operator_a, linked.world.gxa) == [(1, 100)]


def test_units_are_promised_to_one_transfer(linked, asked):
    """Until it is aborted; others of the same type are accepted meanwhile."""
    before = kept()
    refused = [("BLOCK_PROMISED", "90", "100")]
    assert proposed(linked, (90, 120)) == refused
    assert kept() == before
    assert proposed(linked, (101, 120)) is None
    linked.far.hear("aborted", {"reason": "SOURCE_WITHDREW"}, transfer=asked[0])
    assert proposed(linked, (90, 100)) is None
    assert used() == 4 * 31


def test_two_proposals_at_one_moment(linked, asked, monkeypatch):
    """What neither has seen of the other the database refuses, with the same code."""
    monkeypatch.setattr(promises, "require_free", lambda half, ranges: None)
    assert proposed(linked, (100, 120)) == [("BLOCK_PROMISED", "100", "120")]
    assert used() == 400


def test_units_in_the_books_are_promised_no_longer(linked, asked):
    """Their account says where they are: they may leave, and come again."""
    committed(linked, asked[0])
    (block,) = PromisedBlock.objects.all()
    assert block.released_at == linked.world.at


@pytest.mark.parametrize(
    ("method", "state", "expected"),
    [
        ("recognition", "completed", True),
        ("repatriation", "completed", True),
        ("issue_and_cancel", "completed", False),
        ("escrow_mirror", "completed", False),
        ("issue_and_cancel", "aborted", True),
    ],
)
def test_converted_units_come_once(method, state, expected):
    """Other units are issued for them, so no account would show that they have come."""
    assert promises.may_come_again(Transfer(method=method, state=state)) is expected
