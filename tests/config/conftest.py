import shutil

import pytest

from tests.config import homes


@pytest.fixture
def home():
    """An empty home, whose servers are gone afterwards."""
    made = homes.make()
    yield made
    made.remove()
    shutil.rmtree(made.path.parent, ignore_errors=True)
