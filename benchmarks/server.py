"""The benchmarks' own PostgreSQL: the embedded server with the product's settings, in a home apart.

A node's server is never used, also when DATABASE_URL names one: measures make and drop databases.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection

from config.embedded import binaries, postgresql
from config.embedded.layout import layout

OWNER = postgresql.OWNER
APPLICATION = postgresql.APPLICATION
SUPERUSER = postgresql.SUPERUSER


@dataclass(frozen=True)
class Server:
    """A running server: where its socket, its programs and its home are."""

    home: Path
    sockets: Path
    programs: Path

    def connect(self, database: str, *, role: str = OWNER) -> Connection:
        """An autocommitting connection."""
        connected = psycopg2.connect(
            host=str(self.sockets),
            dbname=database,
            user=role,
            password=postgresql.password(role),
        )
        connected.autocommit = True
        return connected

    def query(self, database: str, statement: str, *, role: str = OWNER) -> list[tuple]:
        """Run one statement or script and return the rows of its last result."""
        connected = self.connect(database, role=role)
        try:
            with connected.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connected.close()

    def environment(self, database: str, *, role: str = OWNER) -> dict[str, str]:
        """What libpq programs and the measures' own processes read to connect."""
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("PG")},
            "PGHOST": str(self.sockets),
            "PGPORT": "5432",
            "PGDATABASE": database,
            "PGUSER": role,
            "PGPASSWORD": postgresql.password(role),
        }

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.home).free

    def data_bytes(self, database: str) -> int:
        statement = f"SELECT pg_database_size('{database}')"
        return self.query("postgres", statement, role=SUPERUSER)[0][0]


def start(home: Path | None = None) -> Server:
    """Start the server of the benchmarks' home; it stops when this process ends.

    Raises: NodeError.
    """
    os.environ["REGISTRY_HOME"] = str(home or layout().home / "bench")
    layout.cache_clear()
    return running()


def running() -> Server:
    """The server of this process's home, started if need be.   Raises: NodeError."""
    sockets = postgresql.ensure()
    found = layout()
    return Server(home=found.home, sockets=sockets, programs=binaries.postgresql(found))
