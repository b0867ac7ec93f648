"""One PostgreSQL for the session; databases for tests are copies of one migrated template.

A test marked `django_db` runs as the application's role in a transaction that is rolled back.
A test that commits asks for `fresh_database`, a copy of its own that is dropped afterwards. So
nothing is ever truncated, and all guards of the ledger stay on in every test.
"""

import pytest
from django.test import TestCase, TransactionTestCase
from django.utils import translation

from tests import databases
from tests.threads import together

COMMITTING_FIXTURES = {
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}
REFUSED = (
    "Ask for the fixture fresh_database instead of {what}: Django would TRUNCATE the tables after "
    "this test, which the ledger refuses."
)


def pytest_addoption(parser):
    parser.addoption("--seed", type=int, help="the seed of the simulation, to repeat a run")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Migrate the template as its owner and copy it for the tests that roll back."""
    with django_db_blocker.unblock():
        databases.prepare_template()
        # There is one where CONCORD_TESTS_HOME names a home that is kept from run to run.
        databases.drop("concord_tests")
        databases.create("concord_tests")
        for alias in databases.ALIASES:
            databases.point(alias, "concord_tests")


@pytest.fixture(autouse=True)
def language_of_its_own():
    """No test leaves its language to the next."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def nothing_cached_before():
    """No test finds what another has counted, nor its attempts to sign in."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def fresh_database(request, django_db_setup, django_db_blocker):
    """A database of this test alone, in which it may commit; both aliases point to it."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("A test has either fresh_database or django_db, not both.", pytrace=False)
    with django_db_blocker.unblock(), databases.fresh() as copy:
        yield copy


@pytest.fixture
def world(request):
    """The world of tests/world.py, in the fresh database or in the one that is rolled back."""
    request.getfixturevalue("fresh_database" if "fresh_database" in request.fixturenames else "db")
    # Models can be imported only once Django is set up, which conftest.py precedes.
    from registry import facts
    from tests.world import make_world

    # A rolled back world takes back the version by which a process knows that it is outdated.
    facts.forget()
    return make_world()


@pytest.fixture
def keys_dir(tmp_path, monkeypatch):
    """A directory of private keys for this test alone; it is made with the first key."""
    from django.conf import settings

    monkeypatch.setitem(settings.CONCORD, "KEYS_DIR", str(tmp_path / "keys"))
    return tmp_path / "keys"


@pytest.fixture(name="together")
def together_fixture(fresh_database):
    """Run calls at the same moment against the fresh database: together(f, g) -> outcomes."""
    return together


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Refuse what would truncate tables, before any of it has run."""
    marker = item.get_closest_marker("django_db")
    what = None
    if marker and (any(marker.args) or marker.kwargs.get("transaction")):
        what = "django_db(transaction=True)"
    for name in COMMITTING_FIXTURES.intersection(getattr(item, "fixturenames", ())):
        what = name
    kind = getattr(item, "cls", None)
    if kind and issubclass(kind, TransactionTestCase) and not issubclass(kind, TestCase):
        what = "TransactionTestCase"
    if what:
        pytest.fail(REFUSED.format(what=what), pytrace=False)
