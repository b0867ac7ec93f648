from registry.lines import Line
from registry.models import Account, Holding
from registry.services.consolidate import consolidate
from registry.services.freeze import freeze
from registry.services.surrender import surrender
from registry.services.transfer import transfer
from tests.refused import refused
from tests.world import blocks, complete, issue_units, moved


def _fragment(world, home, pieces=6):
    """Trading receives KAU 1-6 (and more) in single units."""
    for _piece in range(pieces):
        moved(world, home.operator_a, home.trading, 1)


def _merge(world, account, key="c"):
    return consolidate(
        actor=world.administrator_1,
        account_id=account,
        unit_type_id=world.kau.pk,
        key=key,
        at=world.at,
    )


def test_adjacent_blocks_become_one(world, home):
    """Blocks that follow each other merge; others stay, and no unit moves."""
    _fragment(world, home)
    moved(world, home.operator_a, home.operator_b, 1)
    _fragment(world, home, pieces=2)
    _merge(world, home.trading)
    assert blocks(home.trading, world.kau) == [(1, 6), (8, 9)]


def test_blocks_of_two_issuances_stay_apart(world, home):
    """Adjacent serials of two issuances have different attributes and do not merge."""
    issue_units(world, world.kau, [(home.operator_b, 10)], year=2025)
    moved(world, home.operator_b, home.trading, 50)
    moved(world, home.operator_b, home.trading, 5)
    moved(world, home.operator_b, home.trading, 5)
    assert blocks(home.trading, world.kau) == [(101, 150), (151, 155), (156, 160)]
    _merge(world, home.trading)
    assert blocks(home.trading, world.kau) == [(101, 150), (151, 160)]


def test_marked_blocks_stay_as_they_are(world, home, by):
    """A block that a freeze or a reservation touches is not merged; those around it are."""
    _fragment(world, home, pieces=9)
    freeze(lines=[Line(home.trading, None, world.kau.pk, 1, first=3)], key="f", **by)
    line = Line(home.trading, home.operator_b, world.kau.pk, 1, first=7)
    waiting = transfer(lines=[line], key="t", **by)
    _merge(world, home.trading)
    assert blocks(home.trading, world.kau) == [(1, 2), (3, 3), (4, 6), (7, 7), (8, 9)]
    complete(world, waiting)
    assert blocks(home.trading, world.kau) == [(1, 2), (3, 3), (4, 6), (8, 9)]


def test_nothing_to_merge(world, home):
    """Without adjacent blocks there is nothing to do, and it is said."""
    assert refused(_merge, world, home.operator_a).codes == ["NOTHING_TO_CONSOLIDATE"]


def test_empty_account(world, home):
    """An account without units has nothing to merge either."""
    assert refused(_merge, world, home.trading).codes == ["NOTHING_TO_CONSOLIDATE"]


def test_unknown_account(world, home):
    """An account that does not exist is named as unknown."""
    assert "UNKNOWN_SOURCE_ACCOUNT" in refused(_merge, world, 10**9).codes


def test_terminal_and_suspended_accounts_can_be_merged(world, home, by):
    """Merging moves nothing, so terminal accounts and blocked ones can be tidied as well."""
    for _time in range(3):
        line = Line(home.operator_a, None, world.kau.pk, 1, period="2025")
        complete(world, surrender(lines=[line], key=world.key(), **by))
    _merge(world, home.surrender)
    assert blocks(home.surrender, world.kau) == [(1, 3)]
    _fragment(world, home)
    Account.objects.filter(pk=home.trading).update(status="suspended")
    _merge(world, home.trading, key="d")
    assert blocks(home.trading, world.kau) == [(4, 9)]


def test_repeated_request_merges_once(world, home):
    """Under one key the first answer comes again, though more could be merged by now."""
    _fragment(world, home)
    first = _merge(world, home.trading)
    _fragment(world, home, pieces=3)
    before = Holding.objects.count()
    again = _merge(world, home.trading)
    assert (again.transaction_id, again.posting_id, again.replayed) == (
        first.transaction_id,
        first.posting_id,
        True,
    )
    assert Holding.objects.count() == before
