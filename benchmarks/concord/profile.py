"""Where the time of one transfer goes: processor time, WAL, SQL functions, Python functions."""

import time

from benchmarks import databases, processes
from benchmarks.concord import node
from benchmarks.concord.transfer import Service
from benchmarks.contender import BACKENDS_END_S
from benchmarks.server import SUPERUSER, Server
from benchmarks.tally import Tally

WORKER = "benchmarks.concord.transfer_worker"

FUNCTIONS = """
    SELECT funcname, calls, self_time, total_time FROM pg_stat_user_functions
    ORDER BY self_time DESC LIMIT 20
"""


def profile(server: Server, *, seconds: int) -> str:
    """A page of text about one process that makes one transfer after another."""
    service = Service(server)
    service.prepare()
    plain, wal_bytes = _plain(service, seconds)
    lines = [
        "one process, one transfer a call",
        f"  {1_000 / plain.rate:.3f} ms a transfer: client {plain.client_cpu_ms:.3f} ms and "
        f"server {plain.server_cpu_ms:.3f} ms of processor time, {wal_bytes:,.0f} bytes of WAL",
        "",
        f"  {'ms self':>8} {'ms in all':>9} {'calls':>6}  SQL function, for each transfer",
        *_functions(service, seconds),
        "",
        "  Python functions, under a profiler that makes them slower",
        *_python(service, seconds),
    ]
    service.finish()
    return "\n".join(lines)


def _plain(service: Service, seconds: int) -> tuple[Tally, float]:
    databases.copy(service.server, service.template, service.database)
    databases.checkpoint(service.server)
    before = _wal(service.server)
    tally = _drive(service, seconds)
    return tally, (_wal(service.server) - before) / tally.acknowledged


def _functions(service: Service, seconds: int) -> list[str]:
    database = service.database
    databases.copy(service.server, service.template, database)
    track = f"ALTER DATABASE {database} SET track_functions = 'all'"
    service.server.query("postgres", track, role=SUPERUSER)
    tally = _drive(service, seconds)
    # A backend reports what it counted when it ends.
    time.sleep(BACKENDS_END_S)
    rows = service.server.query(database, FUNCTIONS)
    done = tally.acknowledged
    return [
        f"  {own / done:8.3f} {whole / done:9.3f} {calls / done:6.2f}  {name}"
        for name, calls, own, whole in rows
    ]


def _python(service: Service, seconds: int) -> list[str]:
    databases.copy(service.server, service.template, service.database)
    said = node.run(
        ["-m", "benchmarks.concord.profile_worker", str(seconds)],
        service.environment(service.database),
    )
    return [f"  {line}" for line in said.splitlines()]


def _drive(service: Service, seconds: int) -> Tally:
    environment = service.environment(service.database)
    return processes.drive(WORKER, environment=environment, seconds=seconds, processes=1)


def _wal(server: Server) -> int:
    statement = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
    return int(server.query("postgres", statement, role=SUPERUSER)[0][0])
