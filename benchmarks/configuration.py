"""What the figures were taken on, and the refusal to measure a server that may lose data."""

import os
import platform
import subprocess
from datetime import UTC, datetime

import django

from config.embedded.layout import PROJECT

from .server import APPLICATION, OWNER, SUPERUSER, Server

SETTINGS = (
    "server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_level",
    "data_checksums", "shared_buffers", "work_mem", "maintenance_work_mem", "max_wal_size",
    "checkpoint_timeout", "autovacuum", "jit", "random_page_cost", "max_connections",
    "default_transaction_isolation", "wal_sync_method", "commit_delay", "session_replication_role",
    "shared_preload_libraries",
)  # fmt: skip

GUARANTEES = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "session_replication_role": "origin",
}


class GuaranteeOff(Exception):
    """The server would answer before what it answers is safe, so a figure would be no figure."""


def settings(server: Server, database: str, *, role: str = OWNER) -> dict[str, str]:
    """The settings as this role has them in this database: both can carry their own."""
    rows = server.query(
        database,
        "SELECT name, current_setting(name) FROM pg_settings "
        f"WHERE name IN {SETTINGS} ORDER BY name",
        role=role,
    )
    return dict(rows)


def refuse_without_guarantees(server: Server, database: str) -> None:
    """Check every role that measures use.   Raises: GuaranteeOff."""
    for role in (OWNER, APPLICATION, SUPERUSER):
        found = settings(server, database, role=role)
        off = {name: found[name] for name, wanted in GUARANTEES.items() if found[name] != wanted}
        if off:
            raise GuaranteeOff(f"For {role} in {database}: {off}; wanted {GUARANTEES}.")


def configuration(server: Server) -> dict[str, str]:
    """The machine, the programs, the commit and the time."""
    found = settings(server, "postgres", role=SUPERUSER)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, {_processor()}, {_memory_gb():.0f} GB memory",
        "load before": "{:.2f} {:.2f} {:.2f}".format(*os.getloadavg()),
        "system": platform.platform(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "disk": f"{server.free_bytes() // 10**9} GB free in {server.home}",
        "postgresql": ", ".join(f"{name}={value}" for name, value in found.items()),
    }


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "unknown"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except FileNotFoundError:
        pass
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
