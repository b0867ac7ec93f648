"""Statements whose effects do not stay."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from benchmarks.server import OWNER, Server


@contextmanager
def rolled_back(
    server: Server, database: str, *, role: str = OWNER
) -> Iterator[Callable[[str], list[tuple]]]:
    """A function that runs statements in one transaction, which is rolled back afterwards."""
    with closing(server.connect(database, role=role)) as connected:
        connected.autocommit = False
        with connected.cursor() as cursor:

            def ask(statement: str) -> list[tuple]:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

            yield ask
        connected.rollback()
