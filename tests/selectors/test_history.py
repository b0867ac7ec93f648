"""Where units were before, from today back to their issuance."""

from registry import posting
from registry.lines import Line
from registry.models import Account, Basis
from registry.selectors.bases import uploaded
from registry.selectors.history import history
from registry.services.consolidate import consolidate
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from tests.world import complete, issue_units, moved, stock


def _stays(world, first, last, unit_type=None, registry=None):
    names = dict(Account.objects.values_list("number", "name"))
    return [
        (stay.first, stay.last, names[stay.account_number], stay.transaction_type)
        for stay in history(
            registry_id=(registry or world.home).pk,
            unit_type_id=(unit_type or world.kau).pk,
            first=first,
            last=last,
        )
    ]


def test_history_of_issued_units(world):
    """Units that never moved were always where they were issued."""
    stock(world, government=1000)
    assert _stays(world, 5, 7) == [(5, 7, "government", "issue")]


def test_history_through_accounts(world):
    """Each stay of the asked serials is told, newest first: those that left apart from others."""
    home = world.at_home
    stock(world, operator_a=100)
    moved(world, home.operator_a, home.operator_b, 50)
    moved(world, home.operator_b, home.trading, 10, first=21)
    assert _stays(world, 18, 23) == [
        (21, 23, "trading", "delivery"),
        (18, 20, "operator_b", "delivery"),
        (21, 23, "operator_b", "delivery"),
        (18, 23, "operator_a", "issue"),
    ]


def test_cutting_and_merging_end_no_stay(world):
    """A block that was cut or merged where it lay is one stay still."""
    home = world.at_home
    stock(world, operator_a=100)
    moved(world, home.operator_a, home.trading, 10, first=1)
    moved(world, home.operator_a, home.trading, 10, first=11)
    consolidate(
        actor=world.administrator_1,
        account_id=home.trading,
        unit_type_id=world.kau.pk,
        key="c",
        at=world.at,
    )
    moved(world, home.trading, home.operator_b, 1, first=20)
    assert _stays(world, 15, 15) == [
        (15, 15, "trading", "delivery"),
        (15, 15, "operator_a", "issue"),
    ]
    assert _stays(world, 50, 50) == [(50, 50, "operator_a", "issue")]


def test_units_that_came_back(world):
    """Being somewhere twice is two stays."""
    home = world.at_home
    stock(world, operator_a=100)
    moved(world, home.operator_a, home.operator_b, 100)
    moved(world, home.operator_b, home.operator_a, 100)
    assert [name for _first, _last, name, _type in _stays(world, 7, 7)] == [
        "operator_a",
        "operator_b",
        "operator_a",
    ]


def test_surrender_and_its_reversal(world):
    """Both the surrender and its reversal are part of the history."""
    home = world.at_home
    stock(world, operator_a=100)
    line = Line(home.operator_a, None, world.kau.pk, 10, period="2025")
    by = {"actor": world.administrator_1, "at": world.at}
    done = surrender(lines=[line], key="s", **by)
    complete(world, done)
    complete(world, reverse(transaction_id=done.transaction_id, key="r", **by))
    assert _stays(world, 1, 1) == [
        (1, 1, "operator_a", "reverse"),
        (1, 1, "surrender", "surrender"),
        (1, 1, "operator_a", "issue"),
    ]


def test_history_tells_positions(world):
    """A stay has the position at which it began, once that is known."""
    home = world.at_home
    stock(world, operator_a=100)
    posting.sequence(10)
    moved(world, home.operator_a, home.operator_b, 1)
    newest, oldest = history(registry_id=world.home.pk, unit_type_id=world.kau.pk, first=1, last=1)
    assert (newest.position, newest.instant) == (None, None)
    assert oldest.position == 1 and oldest.instant is not None
    assert (oldest.closed_by, newest.closed_by) == (newest.opened_by, None)


def test_serials_that_were_never_issued(world):
    """Nobody ever held them."""
    stock(world, operator_a=100)
    assert _stays(world, 101, 200) == []
    assert _stays(world, 1, 100, unit_type=world.kcu) == []
    assert _stays(world, 1, 100, registry=world.neighbour) == []


def test_uploaded_bases(world):
    """A basis is known for the entity, kind and period for which it was uploaded."""
    Basis.objects.create(entity=world.holder_a, kind="obligation", period="2025", tonnes=70)
    assert uploaded(world.holder_a.pk, "obligation", "2025") == 70
    assert uploaded(world.holder_a.pk, "obligation", "2024") is None
    assert uploaded(world.holder_b.pk, "obligation", "2025") is None


def test_history_of_credits_in_their_registry(world):
    """Each registry has its own history of its own units."""
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 10)])
    assert _stays(world, 1, 10, unit_type=world.koc, registry=world.offsets) == [
        (1, 10, "operator_a", "issue")
    ]
