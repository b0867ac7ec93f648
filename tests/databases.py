"""Databases for tests: copies of one that was migrated once, by the roles of production."""

import itertools
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psycopg2
from django.core.management import call_command
from django.db import connections

from config.embedded import postgresql

ALIASES = ("default", "owner")

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Copy:
    """A database of its own, and its addresses for each role.

    The addresses are what libpq and DATABASE_URL understand.
    """

    name: str

    @property
    def application_url(self) -> str:
        return self._url(postgresql.APPLICATION)

    @property
    def owner_url(self) -> str:
        return self._url(postgresql.OWNER)

    @property
    def superuser_url(self) -> str:
        return self._url(postgresql.SUPERUSER)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of another process that works on this database."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.application_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "SECRET_KEY": "known to everybody, for tests only, and long enough for every check",
        }

    def _url(self, role: str) -> str:
        directory = quote(str(postgresql.ensure()), safe="")
        return f"postgresql://{role}:{postgresql.password(role)}@/{self.name}?host={directory}"


def prepare_template() -> None:
    """Migrate the database that all others are copied from."""
    call_command("migrate", verbosity=0, interactive=False)
    for alias in ALIASES:
        connections[alias].close()


def create(name: str) -> None:
    """Copy the template."""
    execute_as_superuser(
        f"CREATE DATABASE {name} TEMPLATE {postgresql.DATABASE} OWNER {postgresql.OWNER}",
        *postgresql.database_statements(name),
    )


def drop(name: str) -> None:
    execute_as_superuser(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def execute_as_superuser(*statements: str) -> None:
    """Run statements that cannot be part of a transaction."""
    connection = psycopg2.connect(Copy("postgres").superuser_url)
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def fresh() -> Iterator[Copy]:
    """A copy that is gone afterwards, with Django's aliases pointed to it meanwhile."""
    name = f"fresh_{os.getpid()}_{next(_numbers)}"
    create(name)
    before = {alias: connections.settings[alias]["NAME"] for alias in ALIASES}
    try:
        for alias in ALIASES:
            point(alias, name)
        yield Copy(name)
    finally:
        for alias, earlier in before.items():
            point(alias, earlier)
        drop(name)


def point(alias: str, name: str) -> None:
    """Send this thread's connection, and every later one of any thread, to a database."""
    connections[alias].close()
    connections.settings[alias]["NAME"] = name
