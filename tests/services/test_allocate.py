from registry.lines import Line
from registry.services.allocate import allocate, deliver_auction
from tests.refused import refused
from tests.world import blocks, complete, issue_units, open_operators, stock


def test_allocation_goes_to_operators(world, by):
    """Free allocation moves units from the government's account to many operators at once."""
    stock(world, government=1000)
    operators = open_operators(world, 10)
    government = world.at_home.government
    lines = [Line(government, account, world.kau.pk, 10 + n) for n, account in enumerate(operators)]
    complete(world, allocate(lines=lines, key="a", **by))
    assert blocks(operators[0], world.kau) == [(1, 10)]
    assert blocks(operators[9], world.kau) == [(127, 145)]
    assert blocks(government, world.kau) == [(146, 1000)]


def test_allocation_comes_from_the_government_only(world, home, by):
    """An operator's units are not allocated."""
    line = Line(home.operator_a, home.operator_b, world.kau.pk, 10)
    assert refused(allocate, lines=[line], key="a", **by).codes == ["SOURCE_KIND_NOT_ALLOWED"]


def test_credits_are_not_allocated(world, by):
    """Only allowances are handed out for free."""
    issue_units(world, world.kcu, [(world.at_home.government, 10)])
    line = Line(world.at_home.government, world.at_home.operator_a, world.kcu.pk, 10)
    assert refused(allocate, lines=[line], key="a", **by).codes == ["UNIT_KIND_NOT_ALLOWED"]


def test_auction_delivers_to_winners(world, by):
    """Auctioned units go from the auction account to those who won, in one posting."""
    stock(world, auction=100)
    home = world.at_home
    lines = [
        Line(home.auction, home.operator_a, world.kau.pk, 60),
        Line(home.auction, home.trading, world.kau.pk, 40),
    ]
    complete(world, deliver_auction(lines=lines, key="d", **by))
    assert blocks(home.operator_a, world.kau) == [(1, 60)]
    assert blocks(home.trading, world.kau) == [(61, 100)]


def test_auction_does_not_deliver_to_terminal_accounts(world, by):
    """Units that were just sold are not ended on the way."""
    stock(world, auction=100)
    line = Line(world.at_home.auction, world.at_home.cancellation, world.kau.pk, 60)
    error = refused(deliver_auction, lines=[line], key="d", **by)
    assert error.codes == ["DESTINATION_KIND_NOT_ALLOWED"]
