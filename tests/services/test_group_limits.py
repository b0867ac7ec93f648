"""What the accounts of a corporate group hold together, at the gate and before it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import facts
from registry.lines import Line
from registry.models import AccountHolder, CorporateGroup, GroupLimit
from registry.selectors.holdings import balance
from registry.services.propose_each import Item, propose_each
from registry.services.transfer import deliver, transfer
from tests.refused import refused
from tests.world import complete, issue_units, moved, stock

CODE = "GROUP_LIMIT_EXCEEDED"


@pytest.fixture
def grouped(world):
    """Both operators are one group; A holds 100 KAU and B 50, and the trader 100."""
    stock(world, operator_a=100, operator_b=50, trading=100)
    group = CorporateGroup.objects.create(code="G-1", name="Group 1")
    AccountHolder.objects.update(group=group)
    return group


def _limited(world, group, units, unit_type=None):
    return GroupLimit.objects.create(
        group=group, registry=world.home, unit_type=unit_type, units=units
    )


def test_limit_holds_at_the_last_unit(world, grouped):
    """All accounts of the group count together, and the failure says what they would hold."""
    home = world.at_home
    _limited(world, grouped, 160, world.kau)
    moved(world, home.trading, home.operator_b, 10)
    (failure,) = refused(moved, world, home.trading, home.operator_a, 1).failures
    assert failure.code == CODE
    assert failure.data == {"group": "G-1", "unit_type": "KAU", "limit": "160", "held": "161"}
    assert balance(account_id=home.operator_a, unit_type_id=world.kau.pk) == 100


def test_units_move_within_a_group_that_is_over_its_limit(world, grouped):
    """A limit below what the group holds stops what comes, not what stays or leaves."""
    home = world.at_home
    _limited(world, grouped, 1)
    moved(world, home.operator_a, home.operator_b, 5)
    moved(world, home.operator_a, home.trading, 5)
    assert refused(moved, world, home.trading, home.operator_a, 1).codes == [CODE]


def test_limit_counts_its_unit_type_or_all(world, grouped):
    """A limit of one unit type leaves others alone; one without counts them together."""
    home = world.at_home
    limit = _limited(world, grouped, 150, world.kau)
    issue_units(world, world.kcu, [(home.trading, 10)])
    line = Line(home.trading, home.operator_a, world.kcu.pk, 1)
    deliver(actor=world.administrator_1, lines=[line], key="other type", at=world.at)
    limit.delete()
    _limited(world, grouped, 151)
    again = {"actor": world.administrator_1, "lines": [line], "at": world.at}
    assert refused(deliver, key="together", **again).codes == [CODE]


def test_limit_is_of_its_registry_and_group(world, grouped):
    """Neither another registry's limit nor another group's stops a transfer."""
    home = world.at_home
    GroupLimit.objects.create(group=grouped, registry=world.offsets, units=0)
    other = CorporateGroup.objects.create(code="G-2", name="Group 2")
    _limited(world, other, 0)
    moved(world, home.trading, home.operator_a, 10)


def test_what_was_approved_is_judged_when_it_is_completed(world, grouped):
    """A limit stated while a transfer waits stops its completion at the gate."""
    home = world.at_home
    line = Line(home.trading, home.operator_a, world.kau.pk, 10)
    outcome = transfer(actor=world.administrator_1, lines=[line], key="waits", at=world.at)
    _limited(world, grouped, 159)
    assert refused(complete, world, outcome).codes == [CODE]


def test_each_of_many_takes_what_is_left(world, grouped):
    """Of two transfers in one request, each on its own, the second finds the group full."""
    home = world.at_home
    _limited(world, grouped, 155)
    first, second = items = [
        Item(key, Line(home.trading, to, world.kau.pk, 5), "delivery")
        for to, key in ((home.operator_a, "one"), (home.operator_b, "two"))
    ]
    propose_each(actor=world.administrator_1, items=items, at=world.at)
    assert first.result.posting_id
    assert second.result.codes == [CODE]


def test_transfers_of_others_ask_no_more(world, grouped):
    """To an account without a group, a transfer is the same queries with and without limits."""

    def queries():
        facts.forget()
        moved(world, home.operator_a, home.trading, 1)
        with CaptureQueriesContext(connection) as seen:
            moved(world, home.operator_a, home.trading, 1)
        return [query["sql"].split("(")[0] for query in seen]

    home = world.at_home
    before = queries()
    _limited(world, grouped, 10**6)
    assert queries() == before
