import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, connections

from config import databases
from config.embedded import postgresql


@pytest.mark.django_db
def test_a_test_runs_as_the_application_role():
    """The role of a test is the application's, which owns nothing and makes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (postgresql.APPLICATION,)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (a int)", "CREATE TEMP TABLE mine (a int)", "CREATE SCHEMA mine"],
)
def test_application_role_makes_nothing(statement):
    """Neither tables, nor temporary ones, nor schemas can be made by the application."""
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_fresh_database_serves_both_roles(fresh_database):
    """Both aliases see one database, each as its own role, and so do its addresses."""
    seen = []
    for alias in ("default", "owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            seen.append(cursor.fetchone())
    for url in (fresh_database.application_url, fresh_database.owner_url):
        raw = psycopg2.connect(url)
        with raw.cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            seen.append(cursor.fetchone())
        raw.close()
    roles = [postgresql.APPLICATION, postgresql.OWNER]
    assert seen == [(fresh_database.name, role) for role in roles * 2]


def test_fresh_database_starts_empty_each_time(fresh_database):
    """What one test commits, the next one does not see."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (a int)")


def test_fresh_database_starts_empty_the_second_time(fresh_database):
    """The table that the test before committed is not here."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('left_behind')")
        assert cursor.fetchone() == (None,)


def test_threads_have_connections_of_their_own(together):
    """Calls that run together wait for each other and use different sessions."""

    def session():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    first, second = together(session, session)
    assert first.succeeded and second.succeeded
    assert first.value != second.value


def test_address_is_taken_apart():
    """Every part of an address may be percent-encoded; a socket directory is an option."""
    found = databases.from_address(
        "postgresql://a%40b:p%2Fw@db.example:5433/na%20me?sslmode=require", variable="X"
    )
    wanted = {
        "USER": "a@b",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "NAME": "na me",
        "OPTIONS": {"sslmode": "require"},
    }
    assert {key: found[key] for key in wanted} == wanted
    assert databases.from_address("postgres:///n?host=/run/pg", variable="X")["HOST"] == "/run/pg"


@pytest.mark.parametrize(
    "address", ["mysql://u@h/n", "postgresql://u@h", "postgresql://u@h:port/n", "n", "://"]
)
def test_wrong_address_names_the_variable(address):
    """What cannot be an address is refused with the variable's name and the form it must have."""
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL must look like postgresql://"):
        databases.from_address(address, variable="DATABASE_URL")


def test_secret_is_read_from_the_file_that_is_named(monkeypatch, tmp_path):
    """`<NAME>_FILE` gives the value without its last line break; a missing file is named."""
    monkeypatch.delenv("SOME_SECRET", raising=False)
    (tmp_path / "secret").write_text("value\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert databases.read_secret("SOME_SECRET") == "value"
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "absent"))
    with pytest.raises(ImproperlyConfigured, match=r"SOME_SECRET_FILE names .*absent"):
        databases.read_secret("SOME_SECRET")
