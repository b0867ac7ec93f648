from django.conf import settings
from django.core.checks import run_checks
from django.db import connections

from config import checks, databases


def test_application_that_owns_tables_is_warned_of(fresh_database):
    """The owner's role as application role brings a warning; the application's own does not."""
    assert checks.application_owns_nothing(None, databases=["default"]) == []
    connections["default"].close()
    owner = databases.from_address(fresh_database.owner_url, variable="DATABASE_OWNER_URL")
    before = dict(connections.settings["default"])
    connections.settings["default"].update(
        {"ENGINE": owner["ENGINE"], **{key: owner[key] for key in ("USER", "PASSWORD", "HOST")}}
    )
    try:
        (found,) = checks.application_owns_nothing(None, databases=["default"])
    finally:
        connections["default"].close()
        connections.settings["default"].update(before)
    assert found.id == "config.W001"
    assert "DATABASE_OWNER_URL" in found.hint


def test_database_is_not_asked_unless_named():
    """Ordinary checks touch no database; this test has none to touch."""
    assert checks.application_owns_nothing(None, databases=None) == []


def test_transactions_around_requests_are_an_error(monkeypatch):
    """ATOMIC_REQUESTS would undo what a refusal has to keep."""
    assert checks.requests_are_not_transactions(None) == []
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    (found,) = checks.requests_are_not_transactions(None)
    assert found.id == "config.E002"


def test_the_project_has_no_findings():
    """The settings of the repository bring no warning and no error."""
    assert run_checks() == []
