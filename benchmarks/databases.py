"""Databases of the measures: copies of templates, so that every round starts from one state."""

import json

from config.embedded import postgresql

from .server import OWNER, SUPERUSER, Server

PREFIX = "bench_"


class DiskTooSmall(Exception):
    """There is no room for a copy that a measure needs."""


def create(server: Server, name: str, *, template: str = "template0") -> None:
    """Make a database of the owner, in place of any of that name."""
    drop(server, name)
    _administer(server, f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
    _grant(server, name)


def copy(server: Server, template: str, name: str) -> None:
    """Make `name` anew as a copy of the template.   Raises: DiskTooSmall."""
    drop(server, name)
    require_room(server, server.data_bytes(template))
    _administer(
        server, f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} STRATEGY file_copy"
    )
    _grant(server, name)


def require_room(server: Server, needed: int) -> None:
    """Leave two gigabytes beside what is needed.   Raises: DiskTooSmall."""
    free = server.free_bytes()
    if free < needed + 2 * 10**9:
        raise DiskTooSmall(
            f"{needed / 10**9:.1f} GB and 2 GB of room are needed in {server.home}; "
            f"{free / 10**9:.1f} GB are free. Choose another home with --home, or fewer holdings "
            "with --holdings."
        )


def drop(server: Server, name: str) -> None:
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} is not a database of the benchmarks")
    _administer(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def names(server: Server) -> list[str]:
    """The databases that measures have left in the home."""
    rows = server.query(
        "postgres",
        f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%' ORDER BY 1",
        role=SUPERUSER,
    )
    return [name for (name,) in rows]


def clear(server: Server) -> None:
    """Drop what a run that was cut off has left; what is complete and kept is described."""
    for name in names(server):
        if description(server, name) is None:
            drop(server, name)


def describe(server: Server, name: str, facts: dict) -> None:
    """Keep facts with a database: what is in it, how long it took. A complete one has them."""
    text = json.dumps(facts).replace("'", "''")
    _administer(server, f"COMMENT ON DATABASE {name} IS '{text}'")


def description(server: Server, name: str) -> dict | None:
    """The facts kept with a database; None when it does not exist or was never completed."""
    rows = server.query(
        "postgres",
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'",
        role=SUPERUSER,
    )
    return json.loads(rows[0][0]) if rows and rows[0][0] else None


def settle(server: Server, name: str) -> None:
    """Leave statistics and visibility as a running ledger has them, and nothing to write back.

    Statements prepared against empty tables keep plans that are wrong soon after; every measure
    starts with the statistics of a ledger in use.
    """
    server.query(name, "VACUUM (ANALYZE)", role=SUPERUSER)
    checkpoint(server)


def checkpoint(server: Server) -> None:
    """Write back what is dirty, so that one measure does not pay for another's writes."""
    _administer(server, "CHECKPOINT")


def _grant(server: Server, name: str) -> None:
    for statement in postgresql.database_statements(name):
        _administer(server, statement)


def _administer(server: Server, statement: str) -> None:
    server.query("postgres", statement, role=SUPERUSER)
