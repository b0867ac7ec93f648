import pytest

from registry.errors import Conflict, NotFound
from registry.lines import Line
from registry.models import Transaction, Use
from registry.services.allocate import allocate
from registry.services.consolidate import consolidate
from registry.services.freeze import freeze
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from registry.services.transfer import transfer
from registry.services.withdraw import withdraw
from tests.refused import refused
from tests.world import blocks, complete, issue_units, moved, stock


def _surrendered(world, home, by, quantity=40):
    line = Line(home.operator_a, None, world.kau.pk, quantity, period="2025")
    outcome = surrender(lines=[line], key="s", **by)
    complete(world, outcome)
    return outcome.transaction_id


def test_surrender_is_reversed_to_where_it_came_from(world, home, by):
    """Units of a reversed surrender are back with their holder, and can be surrendered again."""
    moved(world, home.operator_b, home.operator_a, 5)
    surrendered = _surrendered(world, home, by, quantity=103)
    proposed = reverse(transaction_id=surrendered, key="r", **by)
    assert blocks(home.operator_a, world.kau) == [(104, 105)]
    complete(world, proposed)
    assert blocks(home.surrender, world.kau) == []
    assert blocks(home.operator_a, world.kau) == [(1, 100), (101, 103), (104, 105)]
    states = Transaction.objects.filter(pk__in=[surrendered, proposed.transaction_id])
    assert list(states.order_by("pk").values_list("status", flat=True)) == [20, 4]
    # What it was used for stays on record, with the reversed transaction.
    assert Use.objects.filter(posting__transaction_id=surrendered).exists()
    line = Line(home.operator_a, None, world.kau.pk, 105, period="2025")
    complete(world, surrender(lines=[line], key="again", **by))


def test_allocation_is_reversed_to_the_government(world, by):
    """A mistaken allocation goes back, as long as the operator still holds all its units."""
    stock(world, government=100)
    home = world.at_home
    line = Line(home.government, home.operator_a, world.kau.pk, 60)
    allocated = allocate(lines=[line], key="a", **by)
    complete(world, allocated)
    complete(world, reverse(transaction_id=allocated.transaction_id, key="r", **by))
    assert blocks(home.government, world.kau) == [(1, 60), (61, 100)]


def test_reversal_of_what_was_sold_on_is_refused(world, home, by):
    """Units that have moved on meanwhile are not taken from their new holder."""
    outcome = transfer(
        lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 10)], key="t", **by
    )
    complete(world, outcome)
    moved(world, home.operator_b, home.trading, 1, first=10)
    (failure,) = refused(reverse, transaction_id=outcome.transaction_id, key="r", **by).failures
    assert (failure.code, failure.data) == ("SERIALS_NOT_HELD", {"first": "1", "last": "10"})


def test_transaction_is_reversed_once(world, home, by):
    """While a reversal waits there is no second one, and after it neither."""
    surrendered = _surrendered(world, home, by)
    waiting = reverse(transaction_id=surrendered, key="r1", **by)
    error = refused(reverse, transaction_id=surrendered, key="r2", **by)
    assert isinstance(error, Conflict) or "SERIALS_MARKED" in error.codes
    complete(world, waiting)
    error = refused(reverse, transaction_id=surrendered, key="r3", **by)
    assert error.code == "NOT_REVERSIBLE"
    assert error.failures[0].data["status"] == 20


def test_withdrawn_reversal_can_be_proposed_again(world, home, by):
    """A reversal that was taken back does not block another one."""
    surrendered = _surrendered(world, home, by)
    first = reverse(transaction_id=surrendered, key="r1", **by)
    withdraw(actor=world.administrator_1, transaction_id=first.transaction_id)
    complete(world, reverse(transaction_id=surrendered, key="r2", **by))
    assert blocks(home.operator_a, world.kau) == [(1, 40), (41, 100)]


def test_reversal_is_not_reversed(world, home, by):
    """To do it after all, it is done anew."""
    surrendered = _surrendered(world, home, by)
    back = reverse(transaction_id=surrendered, key="r1", **by)
    complete(world, back)
    error = refused(reverse, transaction_id=back.transaction_id, key="r2", **by)
    assert error.code == "NOT_REVERSIBLE"


def test_replay_of_a_reversal(world, home, by):
    """Repeated after its completion, a reversal gets its first answer."""
    surrendered = _surrendered(world, home, by)
    first = reverse(transaction_id=surrendered, key="r", **by)
    complete(world, first)
    again = reverse(transaction_id=surrendered, key="r", **by)
    assert (again.transaction_id, again.replayed) == (first.transaction_id, True)


def _issued(world, home, by):
    return issue_units(world, world.kau, [(home.government, 10)]).transaction_id


def _consolidated(world, home, by):
    moved(world, home.operator_a, home.trading, 1)
    moved(world, home.operator_a, home.trading, 1)
    account = {"account_id": home.trading, "unit_type_id": world.kau.pk}
    return consolidate(key="c", **account, **by).transaction_id


def _delivered(world, home, by):
    return moved(world, home.operator_a, home.trading, 1).transaction_id


@pytest.mark.parametrize("done", [_issued, _consolidated, _delivered])
def test_types_that_are_not_reversible(done, world, home, by):
    """Issuance, consolidation and delivery of trades are not undone, and the refusal says so."""
    error = refused(reverse, transaction_id=done(world, home, by), key="r", **by)
    assert "NOT_REVERSIBLE" in error.codes


def _frozen(world, home, by):
    line = Line(home.operator_a, None, world.kau.pk, 1)
    return freeze(lines=[line], key="f", **by).transaction_id


def _waiting(world, home, by):
    line = Line(home.operator_a, home.operator_b, world.kau.pk, 1)
    return transfer(lines=[line], key="t", **by).transaction_id


def _unknown(world, home, by):
    return 10**9


@pytest.mark.parametrize("done", [_frozen, _waiting, _unknown])
def test_what_moved_nothing_is_not_reversed(done, world, home, by):
    """A freeze, a waiting transaction and one that does not exist have moved nothing."""
    error = refused(reverse, transaction_id=done(world, home, by), key="r", **by)
    assert isinstance(error, NotFound) and error.codes == ["UNKNOWN_TRANSACTION"]
