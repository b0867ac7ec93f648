"""What other tests rely on in the world of tests/world.py."""

from registry.models import Account
from registry.selectors.holdings import balance
from tests.world import allocated, moved, open_operators, stock


def test_world_has_accounts_of_every_kind(world):
    """`home` has at least one account of each kind, and each attribute is one of its accounts."""
    accounts = Account.objects.filter(registry=world.home)
    assert set(accounts.values_list("kind", flat=True)) == set(Account.Kind.values)
    assert set(accounts.values_list("pk", flat=True)) == set(vars(world.at_home).values())


def test_stock_and_movements_of_the_world(world):
    """Stock is issued in the order of the names; allocations and deliveries move it."""
    stock(world, operator_a=100, government=50)
    allocated(world, world.at_home.operator_b, 20)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 10)
    held = {
        name: balance(account_id=getattr(world.at_home, name), unit_type_id=world.kau.pk)
        for name in ("operator_a", "operator_b", "government")
    }
    assert held == {"operator_a": 90, "operator_b": 30, "government": 30}


def test_world_can_be_committed(fresh_database, world):
    """In a fresh database the world is committed, so other sessions see it."""
    assert len(open_operators(world, 3)) == 3
