"""Statements that requests repeat: read by the server once in each session, planned once for all.

Of a statement that finds a few rows by their keys, reading and planning it anew takes the server
longer than carrying it out.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections


@dataclass(frozen=True)
class Prepared:
    """A statement with $1, $2 … for parameters of these types, under a name of its own."""

    name: str
    types: tuple[str, ...]
    sql: str

    @cached_property
    def preparation(self) -> str:
        return f"PREPARE {self.name} ({','.join(self.types)}) AS {self.sql}"

    @cached_property
    def execution(self) -> str:
        return f"EXECUTE {self.name} ({','.join(['%s'] * len(self.types))})"


def rows(statement: Prepared, parameters) -> list[tuple]:
    """What the statement returns.   Raises: the database's errors, as Django's."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, cursor(database) as asked:
        _ensure(database, asked, statement)
        asked.execute(statement.execution, parameters)
        return asked.fetchall()


def first_rows(statement: Prepared, parameters) -> list[tuple]:
    """The same for the first question of a request, which changes nothing.

    That it is answered proves that the connection lives, so nothing else has to be asked for that.
    A connection that was lost since the last request is replaced, and the question asked again.
    """
    database = connections[DEFAULT_DB_ALIAS]
    try:
        found = rows(statement, parameters)
    except (InterfaceError, OperationalError):
        lost = database.connection is not None and database.connection.closed
        if database.in_atomic_block or not lost:
            raise
        database.close()
        found = rows(statement, parameters)
    database.health_check_done = True
    return found


def cursor(database):
    """psycopg2's own cursor: Django's, which others can listen to, takes a fifth of the time."""
    if database.execute_wrappers or database.queries_logged:
        return database.cursor()
    return database.connection.cursor()


def _ensure(database, asked, statement):
    session, names = getattr(database, "prepared", (None, None))
    if session is not database.connection:
        session, names = database.prepared = database.connection, set()
    if statement.name not in names:
        asked.execute(statement.preparation)
        names.add(statement.name)
