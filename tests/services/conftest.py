import pytest

from tests.world import stock


@pytest.fixture
def home(world):
    """The accounts of `home`: operator A holds KAU 1-100, operator B 101-150, both of 2025."""
    stock(world, operator_a=100, operator_b=50)
    return world.at_home


@pytest.fixture
def by(world):
    """Who proposes and when, as every service takes it."""
    return {"actor": world.administrator_1, "at": world.at}
