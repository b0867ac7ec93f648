"""The people of a reporting year, for each test that asks for them."""

import pytest

from tests.mrv.cast import make_cast


@pytest.fixture
def cast(world):
    return make_cast(world)
