"""Items that are written together become what they would have become one after the other."""

import pytest
from django.db import transaction

from registry.errors import DomainError
from registry.lines import Line
from registry.models import Account, Holding, Posting, Transaction
from registry.services.freeze import freeze
from registry.services.propose_each import Item, propose_each
from tests.world import issue_units

A, B, TRADER = "operator_a", "operator_b", "trading"


def _items(world, *moves):
    accounts = vars(world.at_home)
    return [
        Item(
            f"item {number}",
            Line(accounts[source], accounts[destination], world.kau.pk, quantity, **rest),
            "delivery",
        )
        for number, (source, destination, quantity, rest) in enumerate(moves)
    ]


def _proposed(by, items):
    """What became of each: what its posting has opened and what of it was taken on, or why not."""
    propose_each(items=items, **by)
    return [_became(item.result) for item in items]


def _became(result):
    if isinstance(result, DomainError):
        return [(failure.code, failure.data) for failure in result.failures]
    opened = Holding.objects.filter(opened_by=result.posting_id).order_by("first", "account")
    rows = opened.values_list("account", "first", "last", "closed_by")
    return [(account, first, last, closed is not None) for account, first, last, closed in rows]


def _one_by_one(world, by, moves):
    """The same items, each proposed for itself; nothing of it stays."""
    with transaction.atomic():
        for item in (items := _items(world, *moves)):
            propose_each(items=[item], **by)
        found = [_became(item.result) for item in items]
        transaction.set_rollback(True)
    return found


def _were_together(items):
    """Whether all transactions were written before any posting was."""
    numbers = [item.result.transaction_id for item in items]
    last = Transaction.objects.filter(pk__in=numbers).latest("proposed_at").proposed_at
    postings = Posting.objects.filter(transaction__in=numbers)
    return last < postings.earliest("recorded_at").recorded_at


def _move(source, destination, quantity, **rest):
    return source, destination, quantity, rest


def test_items_share_a_block(world, home, by):
    """Each takes what those before it have left, down to the last unit of the block."""
    moves = [_move(A, TRADER, 10), _move(B, TRADER, 5), _move(A, TRADER, 30), _move(A, TRADER, 60)]
    expected = _one_by_one(world, by, moves)
    items = _items(world, *moves)
    assert _proposed(by, items) == expected
    assert _were_together(items)
    assert expected[2] == [(home.trading, 11, 40, False), (home.operator_a, 41, 100, True)]
    postings = [item.result.posting_id for item in items]
    assert postings == sorted(postings)


def _freeze_some(world, home, by):
    freeze(lines=[Line(home.operator_a, None, world.kau.pk, 20, first=11)], key="f", **by)


def _limit_trader(world, home, by):
    Account.objects.filter(pk=home.trading).update(holding_limit=15)


def _limit_days(world, home, by):
    Account.objects.filter(pk=home.operator_a).update(daily_limit=15)


def _add_block(world, home, by):
    issue_units(world, world.kau, [(home.operator_a, 10)], year=2023)


def _nothing(world, home, by):
    pass


@pytest.mark.parametrize(
    ("before", "moves"),
    [
        pytest.param(_nothing, [_move(A, TRADER, 60), _move(A, TRADER, 60)], id="not_enough"),
        pytest.param(_nothing, [_move(A, B, 10), _move(B, TRADER, 60)], id="of_what_came"),
        pytest.param(_nothing, [_move(A, TRADER, 2, first=7), _move(A, TRADER, 9)], id="named"),
        pytest.param(_nothing, [_move(A, TRADER, 2), _move(A, A, 9)], id="refused_by_a_check"),
        pytest.param(_freeze_some, [_move(A, TRADER, 5), _move(A, TRADER, 9)], id="marked"),
        pytest.param(_limit_trader, [_move(A, TRADER, 10), _move(A, TRADER, 9)], id="limited"),
        pytest.param(_limit_days, [_move(A, TRADER, 10), _move(A, TRADER, 9)], id="counted"),
        pytest.param(_add_block, [_move(A, TRADER, 5), _move(A, TRADER, 9)], id="two_blocks"),
    ],
)
def test_what_can_not_be_together_is_one_by_one(world, home, by, before, moves):
    """A refusal, a mark, a limit, a second block: each item ends as if it had come alone."""
    before(world, home, by)
    expected = _one_by_one(world, by, moves)
    assert _proposed(by, _items(world, *moves)) == expected


def test_repeated_item_is_answered_again(world, home, by):
    """What was carried out before moves nothing, and the new items beside it move."""
    moves = [_move(A, TRADER, 10), _move(A, TRADER, 20)]
    first = _items(world, *moves)[:1]
    propose_each(items=first, **by)
    items = _items(world, *moves)
    propose_each(items=items, **by)
    assert [item.result.replayed for item in items] == [True, False]
    assert items[0].result.posting_id == first[0].result.posting_id
    assert _became(items[1].result)[0][:3] == (home.trading, 11, 30)
