"""Databases of a node for the measures, and the environment of processes that work on them."""

import hashlib
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from urllib.parse import quote

from benchmarks import databases
from benchmarks.pgbench import LoadFailed
from benchmarks.server import APPLICATION, OWNER, Server
from config.embedded import postgresql
from config.embedded.layout import PROJECT

EMPTY = f"{databases.PREFIX}node"


def environment(server: Server, database: str) -> dict[str, str]:
    """A process of the node on this database, as the application's role that owns nothing."""
    return {
        **server.environment(database, role=APPLICATION),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": _address(server, database, APPLICATION),
        "SECRET_KEY": secrets.token_hex(32),
        "KEYS_DIR": str(server.home / "keys"),
        "NODE_NAME": "benchmarks.invalid",
    }


def make(server: Server, database: str) -> None:
    """Make an empty database of a node: migrated by the owner, with the rights of production.

    It is copied from one that is kept as long as the migrations stay the same.

    Raises: LoadFailed, DiskTooSmall.
    """
    if databases.description(server, EMPTY) != {"schema": schema()}:
        databases.create(server, EMPTY, template="template0")
        given = environment(server, EMPTY)
        given["DATABASE_OWNER_URL"] = _address(server, EMPTY, OWNER)
        run(["manage.py", "migrate", "--verbosity", "0"], given)
        databases.describe(server, EMPTY, {"schema": schema()})
    databases.copy(server, EMPTY, database)


def schema() -> str:
    """A digest of the migrations: what a kept database must have been made by."""
    digest = hashlib.sha256()
    for app in ("registry", "linking", "mrv"):
        for path in sorted((PROJECT / app / "migrations").iterdir()):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()


def run(arguments: list[str], environment: dict[str, str]) -> str:
    """Run a program of the project to its end and return what it printed.

    Raises: LoadFailed.
    """
    return "\n".join(lines(arguments, environment))


def lines(arguments: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Run a program of the project and pass on its lines as they come.

    Raises: LoadFailed.
    """
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        try:
            for line in process.stdout:
                yield line.removesuffix("\n")
            if process.wait() != 0:
                complaints.seek(0)
                said = complaints.read()[-2_000:]
                raise LoadFailed(f"{' '.join(arguments)} ended with {process.returncode}:\n{said}")
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def _address(server: Server, database: str, role: str) -> str:
    directory = quote(str(server.sockets), safe="")
    return f"postgresql://{role}:{postgresql.password(role)}@/{database}?host={directory}"
