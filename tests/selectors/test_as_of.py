"""What was held when: by position, by instant, and now."""

from datetime import timedelta

import pytest

from registry import posting
from registry.errors import InvalidInput, NotFound
from registry.models import Account, Position, Posting
from registry.selectors import positions
from registry.selectors.holdings import balance, balances, held
from tests.world import issue_units, moved, stock


def _sequence():
    while posting.sequence(100):
        pass


@pytest.fixture
def moves(world):
    """Stock of 100 and 50, then five deliveries; all have positions. The first is the stock."""
    home = world.at_home
    stock(world, operator_a=100, operator_b=50)
    for quantity in (10, 20, 30):
        moved(world, home.operator_a, home.operator_b, quantity)
    moved(world, home.operator_b, home.operator_a, 5)
    moved(world, home.operator_a, home.trading, 45)
    _sequence()
    return home


BALANCES = {
    "operator_a": [0, 100, 90, 70, 40, 45, 0],
    "operator_b": [0, 50, 60, 80, 110, 105, 105],
    "trading": [0, 0, 0, 0, 0, 0, 45],
}


@pytest.mark.parametrize("name", BALANCES)
def test_balance_at_every_position(name, world, moves):
    """Position 0 is before the first posting; every later one adds exactly its posting."""
    found = [
        balance(account_id=getattr(moves, name), unit_type_id=world.kau.pk, as_of=position)
        for position in range(7)
    ]
    assert found == BALANCES[name]


def test_postings_without_a_position_count_now_and_not_then(world, moves):
    """What is not sequenced yet is in the present, and in no position."""
    moved(world, moves.operator_b, moves.trading, 100)
    kau = {"unit_type_id": world.kau.pk}
    assert balance(account_id=moves.trading, **kau) == 145
    assert balance(account_id=moves.trading, as_of=6, **kau) == 45
    assert balance(account_id=moves.operator_b, as_of=6, **kau) == 105
    _sequence()
    assert balance(account_id=moves.trading, as_of=6, **kau) == 45
    assert balance(account_id=moves.trading, as_of=7, **kau) == 145


def test_units_are_held_once_at_every_position(world, moves):
    """The sum over all accounts is what was issued, at each position after the issuance."""
    for position in range(1, 7):
        total = sum(
            balance(account_id=account, unit_type_id=world.kau.pk, as_of=position)
            for account in Account.objects.values_list("pk", flat=True)
        )
        assert total == 150
    assert not held(as_of=0).exists()


def test_balances_by_type_and_vintage(world, moves):
    """Holdings of an account are added up by unit type and vintage, now and as of a position."""
    issue_units(world, world.kau, [(moves.trading, 7)], year=2026)
    issue_units(world, world.kcu, [(moves.trading, 3)])
    now = [
        (row["unit_type__code"], row["issuance__vintage_label"], row["units"])
        for row in balances(account_id=moves.trading)
    ]
    assert now == [("KAU", "2025", 45), ("KAU", "2026", 7), ("KCU", "2025", 3)]
    then = balances(account_id=moves.trading, as_of=6)
    assert [(row["unit_type__code"], row["units"]) for row in then] == [("KAU", 45)]


def test_instant_means_the_last_position_up_to_it(world, moves):
    """As of the instant of a position, that position counts; a moment before, it does not."""
    for place in Position.objects.order_by("position"):
        same = Position.objects.filter(instant=place.instant).order_by("position").last()
        assert positions.resolve(instant=place.instant) == same.position
        before = Position.objects.filter(instant__lt=place.instant).count()
        assert positions.resolve(instant=place.instant - timedelta(microseconds=1)) == before
    assert positions.resolve(instant=world.at.replace(year=2000)) == 0
    head = positions.head()
    assert positions.resolve(instant=head.instant + timedelta(hours=1)) == head.position


def test_position_is_one_that_was_given(moves):
    """Positions run from 0, before the first, to the head; others are told with the head."""
    assert positions.resolve(position=0) == 0
    assert positions.resolve(position=6) == 6
    assert positions.resolve() is None
    for wrong in (-1, 7, 2**70):
        with pytest.raises(InvalidInput) as caught:
            positions.resolve(position=wrong)
        assert caught.value.codes == ["POSITION_IN_THE_FUTURE"]
        assert caught.value.failures[0].data == {"head": "6"}
    with pytest.raises(InvalidInput) as caught:
        positions.resolve(position=1, instant=positions.head().instant)
    assert caught.value.codes == ["POSITION_AND_INSTANT"]


def test_instant_that_has_not_come(world, moves):
    """What an instant after now will mean is not known, so it is not answered."""
    now = positions.head().instant
    assert positions.resolve(instant=now, now=now) == 6
    with pytest.raises(InvalidInput) as caught:
        positions.resolve(instant=now + timedelta(microseconds=1), now=now)
    assert caught.value.codes == ["INSTANT_IN_THE_FUTURE"]


def test_one_position_is_found(moves):
    """A position tells its posting; one that was not given yet is not found."""
    assert positions.find(1).posting == Posting.objects.order_by("pk").first()
    with pytest.raises(NotFound) as caught:
        positions.find(7)
    assert caught.value.codes == ["UNKNOWN_POSITION"]


def test_positions_are_dense_and_follow_causes(moves):
    """Each posting has one place; the order is that of the postings that depend on each other."""
    places = list(Position.objects.order_by("position").values_list("position", "posting_id"))
    assert [place for place, _posting in places] == list(range(1, 7))
    ids = [number for _place, number in places]
    assert ids == sorted(ids)
    instants = list(Position.objects.order_by("position").values_list("instant", flat=True))
    assert instants == sorted(instants)


def test_lag_counts_what_waits(world, moves):
    """The lag is what has no position yet, and how long the oldest of it waits."""
    assert positions.lag() == positions.Lag(0, None)
    moved(world, moves.operator_b, moves.trading, 1)
    moved(world, moves.operator_b, moves.trading, 1)
    lag = positions.lag()
    assert lag.unplaced == 2 and lag.oldest > timedelta(0)


def test_sequencing_in_small_steps_gives_the_same_order(world, moves):
    """However many postings one step places, the places are the same."""
    for _posting in range(5):
        moved(world, moves.operator_b, moves.trading, 1)
    assert [posting.sequence(2) for _step in range(4)] == [2, 2, 1, 0]
    places = list(Position.objects.order_by("position").values_list("position", flat=True))
    assert places == list(range(1, 12))
