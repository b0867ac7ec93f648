from datetime import date
from itertools import permutations

import pytest

from registry.actors import Actor
from registry.lines import Line
from registry.models import Account, Holding, Mark, Posting, Transaction
from registry.selectors.holdings import balance
from registry.services.accounts import NewAccount, open_accounts
from registry.services.transfer import deliver, transfer
from tests.refused import refused
from tests.world import blocks, complete, issue_units, moved, open_operators, stock


def test_transfer_waits_and_then_moves(world, home, by):
    """Proposing reserves the units and posts nothing; the approval moves exactly these."""
    outcome = transfer(
        lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 30)], key="t", **by
    )
    assert (outcome.status, outcome.posting_id, outcome.replayed) == (0, None, False)
    mark = Mark.objects.get()
    assert (mark.kind, mark.first, mark.last, mark.released_at) == ("reservation", 1, 30, None)
    assert blocks(home.operator_a, world.kau) == [(1, 100)]
    completed = complete(world, outcome)
    assert completed.status == Transaction.Status.COMPLETED
    assert blocks(home.operator_a, world.kau) == [(31, 100)]
    assert blocks(home.operator_b, world.kau) == [(1, 30), (101, 150)]
    mark.refresh_from_db()
    assert mark.released_by_id == outcome.transaction_id


def test_delivery_completes_at_once(world, home, by):
    """A matched trade needs no approval."""
    outcome = deliver(
        lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 30)], key="t", **by
    )
    assert outcome.status == Transaction.Status.COMPLETED and outcome.posting_id
    assert balance(account_id=home.operator_b, unit_type_id=world.kau.pk) == 80


def test_whole_account_can_be_moved(world, home):
    """The last unit leaves like the first; nothing stays open."""
    moved(world, home.operator_a, home.operator_b, 100)
    assert blocks(home.operator_a, world.kau) == []
    assert blocks(home.operator_b, world.kau) == [(1, 100), (101, 150)]


def test_named_serials_are_moved(world, home):
    """Serials that the caller names are taken from the middle of a block."""
    moved(world, home.operator_a, home.operator_b, 5, first=50)
    assert blocks(home.operator_a, world.kau) == [(1, 49), (55, 100)]
    assert blocks(home.operator_b, world.kau) == [(50, 54), (101, 150)]


def test_named_serials_may_span_blocks(world, home):
    """A named run that lies in several blocks of the account moves as it lies."""
    moved(world, home.operator_a, home.operator_b, 10, first=91)
    moved(world, home.operator_b, home.trading, 20, first=91)
    assert blocks(home.trading, world.kau) == [(91, 100), (101, 110)]


def test_bulk_is_one_posting(world, home, by):
    """Many lines are all done, in one posting; units run on from line to line."""
    operators = open_operators(world, 40)
    outcome = deliver(
        lines=[Line(home.operator_a, account, world.kau.pk, 2) for account in operators],
        key="bulk",
        **by,
    )
    assert Posting.objects.filter(pk=outcome.posting_id).count() == 1
    assert [blocks(account, world.kau) for account in operators] == [
        [(first, first + 1)] for first in range(1, 81, 2)
    ]
    assert blocks(home.operator_a, world.kau) == [(81, 100)]


def test_bulk_with_one_bad_line_moves_nothing(world, home, by):
    """All lines or none: the failure names its line."""
    before = list(Holding.objects.order_by("pk").values_list("pk", "closed_by"))
    lines = [
        Line(home.operator_a, home.operator_b, world.kau.pk, 10),
        Line(home.operator_b, home.trading, world.kau.pk, 51),
        Line(home.operator_a, home.trading, world.kau.pk, 10),
    ]
    error = refused(deliver, lines=lines, key="bulk", **by)
    assert [(f.code, f.line) for f in error.failures] == [("INSUFFICIENT_UNITS", 2)]
    assert list(Holding.objects.order_by("pk").values_list("pk", "closed_by")) == before


def test_settlement_in_a_ring(world, home, by):
    """An account may give and receive in one posting; what it receives it does not give on."""
    lines = [
        Line(home.operator_a, home.operator_b, world.kau.pk, 100),
        Line(home.operator_b, home.operator_a, world.kau.pk, 50),
    ]
    deliver(lines=lines, key="ring", **by)
    assert blocks(home.operator_a, world.kau) == [(101, 150)]
    assert blocks(home.operator_b, world.kau) == [(1, 100)]


def test_received_units_are_not_given_on_in_the_same_posting(world, home, by):
    """Trading holds nothing before, so it can not pay with what this posting brings."""
    lines = [
        Line(home.operator_a, home.trading, world.kau.pk, 10),
        Line(home.trading, home.operator_b, world.kau.pk, 10),
    ]
    error = refused(deliver, lines=lines, key="pass on", **by)
    assert [(f.code, f.line) for f in error.failures] == [("INSUFFICIENT_UNITS", 2)]


def test_partial_fill_down_to_the_minimum(world, home, by):
    """With a minimum, what is there is moved; below it, the proposal goes back."""
    line = Line(home.operator_b, home.operator_a, world.kau.pk, 80, minimum=50)
    deliver(lines=[line], key="enough", **by)
    assert balance(account_id=home.operator_b, unit_type_id=world.kau.pk) == 0
    moved(world, home.operator_a, home.operator_b, 49)
    error = refused(deliver, lines=[line], key="too few", **by)
    (failure,) = error.failures
    assert (failure.code, failure.data) == (
        "INSUFFICIENT_UNITS",
        {"asked": "80", "available": "49"},
    )


def test_partial_fill_of_a_waiting_transfer(world, home, by):
    """What is reserved for a partial fill is what the approval moves, though more came in."""
    line = Line(home.operator_b, home.trading, world.kau.pk, 80, minimum=10)
    outcome = transfer(lines=[line], key="t", **by)
    moved(world, home.operator_a, home.operator_b, 60)
    complete(world, outcome)
    assert blocks(home.trading, world.kau) == [(101, 150)]


def test_oldest_vintage_is_taken_first(world, home):
    """Without names, units go by vintage, then by serial."""
    issue_units(world, world.kau, [(home.operator_a, 10)], year=2023)
    moved(world, home.operator_a, home.trading, 15)
    assert blocks(home.trading, world.kau) == [(1, 5), (151, 160)]


def test_vintage_can_be_asked_for(world, home):
    """A line that names a vintage takes no other, even when others are older."""

    issue_units(world, world.kau, [(home.operator_a, 10)], year=2023)
    moved(world, home.operator_a, home.trading, 15, vintage_from=date(2025, 1, 1))
    assert blocks(home.trading, world.kau) == [(1, 15)]


def test_vintage_that_is_not_there(world, home, by):
    """Units of other vintages do not fill a line that names one."""

    line = Line(home.operator_a, home.trading, world.kau.pk, 1, vintage_from=date(2024, 1, 1))
    error = refused(deliver, lines=[line], key="v", **by)
    assert error.codes == ["INSUFFICIENT_UNITS"]


@pytest.mark.parametrize("place", range(6))
def test_mixed_picks_of_one_account_share_nothing(place, world, home, by):
    """Named serials, a vintage and free lines of one account are filled without overlap.

    Named serials go first, then vintages, then the rest, whatever the order of the lines.
    """

    issue_units(world, world.kau, [(home.operator_a, 10)], year=2023)
    targets = open_operators(world, 3)
    named = Line(home.operator_a, targets[0], world.kau.pk, 4, first=153)
    of_2023 = Line(home.operator_a, targets[1], world.kau.pk, 5, vintage_from=date(2023, 1, 1))
    free = Line(home.operator_a, targets[2], world.kau.pk, 3)
    lines = list(list(permutations([named, of_2023, free]))[place])
    deliver(lines=lines, key="mixed", **by)
    assert blocks(targets[0], world.kau) == [(153, 156)]
    assert blocks(targets[1], world.kau) == [(151, 152), (157, 159)]
    assert blocks(targets[2], world.kau) == [(1, 2), (160, 160)]


def test_lanes_of_several_accounts_stay_apart(world, home, by):
    """A free line after a named one of the same account takes that account's units, no other's."""
    lines = [
        Line(home.operator_a, home.trading, world.kau.pk, 10),
        Line(home.operator_b, home.trading, world.kau.pk, 5, first=120),
        Line(home.operator_b, home.trading, world.kau.pk, 20),
    ]
    deliver(lines=lines, key="lanes", **by)
    assert balance(account_id=home.operator_a, unit_type_id=world.kau.pk) == 90
    assert balance(account_id=home.operator_b, unit_type_id=world.kau.pk) == 25


def test_holding_limit_holds_at_the_last_unit(world, home, by):
    """An account with a limit takes units up to it and not one more, counted by unit type."""
    (limited,) = open_accounts(
        actor=world.administrator_1,
        registry_id=world.home.pk,
        accounts=[NewAccount("operator", "limited", holding_limit=10)],
        at=world.at,
    )
    moved(world, home.operator_a, limited.pk, 10)
    error = refused(moved, world, home.operator_a, limited.pk, 1)
    (failure,) = error.failures
    assert failure.code == "HOLDING_LIMIT_EXCEEDED"
    assert (failure.data["limit"], failure.data["held"]) == ("10", "11")
    assert balance(account_id=limited.pk, unit_type_id=world.kau.pk) == 10
    issue_units(world, world.kcu, [(home.operator_a, 10)])
    line = Line(home.operator_a, limited.pk, world.kcu.pk, 10)
    deliver(lines=[line], key="other type", **by)


@pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        ("operator_a", "suspended", "SOURCE_ACCOUNT_BLOCKED"),
        ("operator_a", "all_restricted", "SOURCE_ACCOUNT_BLOCKED"),
        ("operator_b", "suspended", "DESTINATION_ACCOUNT_BLOCKED"),
    ],
)
def test_blocked_accounts(end, status, code, world, home, by):
    """The status of an account stops transfers, and the failure names account and status."""
    account = Account.objects.get(pk=getattr(home, end))
    Account.objects.filter(pk=account.pk).update(status=status)
    error = refused(
        deliver, lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 1)], key="b", **by
    )
    (failure,) = error.failures
    assert (failure.code, failure.line) == (code, 1)
    assert failure.data == {"account": account.number, "status": status}


def test_units_that_are_not_transferable(world, home, by):
    """Units for the holder's own use do not change hands."""
    issue_units(world, world.kcu, [(home.operator_a, 10)])
    type(world.kcu).objects.filter(pk=world.kcu.pk).update(transferable=False)
    error = refused(
        deliver, lines=[Line(home.operator_a, home.operator_b, world.kcu.pk, 1)], key="n", **by
    )
    assert error.codes == ["UNIT_TYPE_NOT_TRANSFERABLE"]


def test_accounts_of_two_registries(world, home, by):
    """Units do not leave their registry by a transfer within it."""
    line = Line(home.operator_a, world.at_neighbour.operator, world.kau.pk, 1)
    error = refused(transfer, lines=[line], key="x", **by)
    assert error.codes == ["SEVERAL_REGISTRIES"]


def test_rights_are_those_of_the_registry(world, home):
    """A role in one registry gives no right in another."""

    elsewhere = Actor(
        world.administrator_1.person_id,
        roles={world.neighbour.pk: frozenset({"administrator"})},
    )
    line = Line(home.operator_a, home.operator_b, world.kau.pk, 1)
    for actor in (elsewhere, world.auditor, Actor(world.administrator_1.person_id)):
        error = refused(transfer, actor=actor, lines=[line], key="x", at=world.at)
    assert error.codes == ["NOT_PERMITTED"]
    error = refused(transfer, actor=None, lines=[line], key="x", at=world.at)
    assert error.codes == ["NO_ACTOR"]


def test_nothing_can_be_moved_from_an_empty_account(world, by):
    """An account that never held anything says what is available: nothing."""
    stock(world, operator_a=1)
    home = world.at_home
    error = refused(
        deliver, lines=[Line(home.trading, home.operator_a, world.kau.pk, 1)], key="e", **by
    )
    assert error.failures[0].data["available"] == "0"
