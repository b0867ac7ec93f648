"""Whole nodes on a machine of their own: other users, other paths, a clean root.

These tests are part of `make test-all`, which needs root on Debian.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.config.homes import PROJECT
from tests.e2e.checkouts import Checkout, Person

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def as_root():
    """These tests make users and roots; without the right to, they fail."""
    if os.getuid() != 0:
        pytest.fail("tests/e2e needs root: make test-all", pytrace=False)


@pytest.fixture(scope="session")
def person(as_root):
    """A user of the system who is not root and owns nothing yet."""
    made = Person.make("concord-e2e")
    yield made
    made.remove()


@pytest.fixture(scope="session")
def source(as_root):
    """A bare copy of what is committed, which any user may clone."""
    place = Path(tempfile.mkdtemp(prefix="concord-source-"))
    place.chmod(0o755)
    subprocess.run(
        ["git", "clone", "--quiet", "--bare", str(PROJECT), str(place / "concord.git")], check=True
    )
    yield place / "concord.git"
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def checkout(person, source):
    """A fresh clone in the person's own directory; the tests of one file go on with it."""
    return Checkout.clone(source, person.home / "concord", person)
