import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connections

from config import checks, databases
from config.node_name import from_addresses
from registry.services.signing_keys import ensure_keys


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


@pytest.mark.parametrize("name", ["https://registry.example", "a b", "a+b", "a\tb"])
def test_names_that_can_not_be_signed_with_are_an_error(monkeypatch, name):
    """A scheme, white space, a plus sign; other names, and none, are good."""
    monkeypatch.setitem(settings.CONCORD, "NODE_NAME", name)
    (found,) = checks.node_name_can_be_signed_with(None)
    assert found.id == "config.E004"
    for good in ("", "registry.example", "registry.example/log", "localhost:8000"):
        monkeypatch.setitem(settings.CONCORD, "NODE_NAME", good)
        assert checks.node_name_can_be_signed_with(None) == []


def test_another_name_than_before_is_an_error(world, keys_dir, monkeypatch):
    """A node that has signed keeps its name; before that any will do."""
    monkeypatch.setitem(settings.CONCORD, "NODE_NAME", "registry.example")
    assert checks.node_keeps_its_name(None, databases=["default"]) == []
    ensure_keys(at=world.at)
    assert checks.node_keeps_its_name(None, databases=["default"]) == []
    monkeypatch.setitem(settings.CONCORD, "NODE_NAME", "other.example")
    (found,) = checks.node_keeps_its_name(None, databases=["default"])
    assert (found.id, "registry.example" in found.msg) == ("config.E003", True)
    assert checks.node_keeps_its_name(None, databases=None) == []


def test_a_node_without_a_place_for_keys_is_warned_of(monkeypatch):
    """It can sign nothing."""
    assert checks.keys_have_a_place(None) == []
    monkeypatch.setitem(settings.CONCORD, "KEYS_DIR", "")
    (found,) = checks.keys_have_a_place(None)
    assert found.id == "config.W005"


@pytest.mark.parametrize(
    ("hosts", "name"),
    [
        (["localhost", "127.0.0.1", "[::1]"], "localhost:8001"),
        (["*"], "localhost:8001"),
        ([".example", "localhost"], "localhost:8001"),
        (["localhost", "registry.example", "other.example"], "registry.example"),
    ],
)
def test_a_node_that_nobody_named_is_called_by_its_address(hosts, name):
    """The first host that is not this machine, else the port."""
    assert from_addresses(hosts, "8001") == name


def test_the_project_has_no_findings():
    """The settings of the repository bring no warning and no error."""
    assert run_checks() == []
