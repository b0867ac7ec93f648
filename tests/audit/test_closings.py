"""A closed account received nothing after its closing, whatever the clocks say."""

from datetime import timedelta

from registry.models import Holding
from registry.services.accounts import close_account
from tests.audit.hand import Hand
from tests.audit.test_corruptions import examine
from tests.world import moved, stock


def closed(world, account, at):
    close_account(actor=world.administrator_1, account_id=account, at=at)


def found(*codes):
    with Hand.of_owner() as hand:
        results = examine(hand, *codes)
    return [(f.what, f.row) for result in results for f in result.findings]


def test_closing_that_is_dated_back_is_sound(fresh_database, world):
    """An account that is closed as of a day on which it still traded has received nothing since."""
    home = world.at_home
    stock(world, operator_a=100)
    moved(world, home.operator_a, home.trading, 10)
    moved(world, home.trading, home.operator_b, 10)
    closed(world, home.trading, world.at - timedelta(days=400))
    assert found("CLOSED_ACCOUNT_IS_EMPTY") == []


def test_units_that_came_later_are_found_whatever_their_date(fresh_database, world):
    """Units that somebody takes through a closed account are found, dated back or on the spot."""
    home = world.at_home
    stock(world, operator_a=100)
    moved(world, home.operator_a, home.trading, 10)
    moved(world, home.trading, home.operator_b, 10)
    closed(world, home.trading, world.at)
    with Hand.of_owner() as hand:
        hand.world = world
        hand.run("ALTER TABLE registry_posting DISABLE TRIGGER posting_is_checked")
        hand.run("ALTER TABLE registry_posting DISABLE TRIGGER posting_is_stamped")
        hand.connection.commit()
        dated = {"at": "'2020-01-01'", "proposed_at": "'2020-01-01'"}
        for source, destination in (
            (home.operator_b, home.trading),
            (home.trading, home.operator_a),
        ):
            hand.move(hand.block(source, 1), destination, **dated)
            hand.connection.commit()
    (came,) = Holding.objects.filter(account=home.trading).order_by("-pk")[:1]
    assert found("CLOSED_ACCOUNT_IS_EMPTY") == [("received", str(came.pk))]
