import pytest

from registry.lines import Line
from registry.models import Account, Use
from registry.selectors.holdings import balance
from registry.services.accounts import NewAccount, close_account, open_accounts
from registry.services.surrender import surrender
from registry.services.transfer import deliver
from tests.refused import refused
from tests.world import blocks, complete, issue_units, moved, open_operators


def test_surrender_ends_units_and_says_what_for(world, home, by):
    """Surrendered units lie in the surrender account; each range keeps entity, period, credit."""
    line = Line(home.operator_a, None, world.kau.pk, 40, period="2025")
    complete(world, surrender(lines=[line], key="s", **by))
    assert blocks(home.surrender, world.kau) == [(1, 40)]
    use = Use.objects.get()
    assert (use.kind, use.first, use.last, use.credited_tonnes) == ("surrender", 1, 40, 40)
    assert (use.entity, use.period) == (world.holder_a, "2025")


def test_surrender_for_another_entity(world, home, by):
    """A line may name the entity whose obligation it meets."""
    line = Line(home.operator_a, None, world.kau.pk, 1, entity=world.holder_b.pk, period="2025")
    complete(world, surrender(lines=[line], key="s", **by))
    assert Use.objects.get().entity == world.holder_b


def test_bulk_surrender_of_several_blocks(world, home, by):
    """Every range of every line has its record, and the credits of a line add up to the line."""
    moved(world, home.operator_b, home.operator_a, 5)
    operators = open_operators(world, 3)
    for account in operators:
        moved(world, home.operator_a, account, 4)
    lines = [Line(account, None, world.kau.pk, 3, period="2025") for account in operators]
    lines.append(Line(home.operator_a, None, world.kau.pk, 93, period="2024"))
    complete(world, surrender(lines=lines, key="s", **by))
    uses = Use.objects.order_by("first").values_list("first", "last", "period", "credited_tonnes")
    assert list(uses) == [
        (1, 3, "2025", 3),
        (5, 7, "2025", 3),
        (9, 11, "2025", 3),
        (13, 100, "2024", 88),
        (101, 105, "2024", 5),
    ]
    assert balance(account_id=home.surrender, unit_type_id=world.kau.pk) == 102


def test_partial_surrender_counts_what_was_surrendered(world, home, by):
    """With a minimum, fewer units are surrendered and fewer tonnes are credited."""
    line = Line(home.operator_b, None, world.kau.pk, 80, minimum=1, period="2025")
    complete(world, surrender(lines=[line], key="s", **by))
    assert list(Use.objects.values_list("first", "last", "credited_tonnes")) == [(101, 150, 50)]


def test_surrendered_units_stay(world, home, by):
    """Nothing leaves the surrender account by an ordinary transaction."""
    line = Line(home.operator_a, None, world.kau.pk, 40, period="2025")
    complete(world, surrender(lines=[line], key="s", **by))
    error = refused(
        deliver, lines=[Line(home.surrender, home.operator_b, world.kau.pk, 1)], key="d", **by
    )
    assert error.codes == ["SOURCE_KIND_NOT_ALLOWED", "TERMINAL_ACCOUNT"]


def test_surrender_from_a_restricted_account(world, home, by):
    """An account from which nothing may be sold may still meet its obligation."""
    Account.objects.filter(pk=home.operator_a).update(status="some_restricted")
    line = Line(home.operator_a, None, world.kau.pk, 40, period="2025")
    complete(world, surrender(lines=[line], key="s", **by))
    assert balance(account_id=home.surrender, unit_type_id=world.kau.pk) == 40


def test_registry_without_a_surrender_account(world, home, by):
    """Where no account takes surrendered units, the failure says so and names the line."""
    Account.objects.filter(pk=home.surrender).update(status="closed", closed_at=world.at)
    line = Line(home.operator_a, None, world.kau.pk, 40, period="2025")
    (failure,) = refused(surrender, lines=[line], key="s", **by).failures
    assert (failure.code, failure.line, failure.data) == (
        "NO_TERMINAL_ACCOUNT",
        1,
        {"kind": "surrender"},
    )


def test_credits_of_another_registry_are_not_recognised(world, by):
    """Without a link, units of another registry count for nothing."""
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 10)])
    line = Line(world.at_home.operator_a, None, world.koc.pk, 10, period="2025")
    assert refused(surrender, lines=[line], key="s", **by).codes == ["UNIT_NOT_RECOGNISED"]


def test_account_that_does_not_exist(world, by):
    """An unknown source is a failure, not a crash on the way to the checks."""
    line = Line(10**9, None, world.kau.pk, 10, period="2025")
    assert "UNKNOWN_SOURCE_ACCOUNT" in refused(surrender, lines=[line], key="s", **by).codes


def test_replay_after_the_terminal_account_changed(world, home, by):
    """A repeated request gets its first answer, though units would end elsewhere by now."""
    line = Line(home.operator_a, None, world.kau.pk, 40, period="2025")
    first = surrender(lines=[line], key="s", **by)
    Account.objects.filter(pk=home.surrender).update(status="closed", closed_at=world.at)
    again = surrender(lines=[line], key="s", **by)
    assert (again.transaction_id, again.replayed) == (first.transaction_id, True)


@pytest.mark.parametrize("oldest_is_open", [True, False])
def test_units_end_in_the_oldest_open_account_of_their_kind(world, home, by, oldest_is_open):
    """Of several surrender accounts the first opened receives, while it is open."""
    (newer,) = open_accounts(
        registry_id=world.home.pk, accounts=[NewAccount("surrender", "newer")], **by
    )
    if not oldest_is_open:
        close_account(account_id=home.surrender, **by)
    line = Line(home.operator_a, None, world.kau.pk, 10, period="2025")
    complete(world, surrender(lines=[line], key="first", **by))
    assert blocks(home.surrender if oldest_is_open else newer.pk, world.kau) == [(1, 10)]
