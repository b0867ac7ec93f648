"""Driving a SQL function with pgbench: eight clients, prepared statements, no think time."""

import re
import resource
import subprocess
import tempfile
from pathlib import Path

from .server import Server
from .tally import Tally

CLIENTS = 8
THREADS = 2


class LoadFailed(Exception):
    """A load ended with an error of its own, not with figures."""


def drive(
    server: Server, database: str, script: str, *, seconds: int, clients: int = CLIENTS
) -> Tally:
    """Run a script over and over for some seconds.   Raises: LoadFailed."""
    program = server.programs / "pgbench"
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "script.sql"
        path.write_text(script)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = subprocess.run(
            [
                *(str(program), "--no-vacuum", "--protocol=prepared", f"--client={clients}"),
                *(f"--jobs={min(THREADS, clients)}", f"--time={seconds}", f"--file={path}"),
            ],
            env=server.environment(database),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds + 120,
        )
    if ended.returncode != 0:
        raise LoadFailed(
            f"pgbench on {database} ended with {ended.returncode}:\n{ended.stderr[:1_000]}"
        )
    tally = read(ended.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tally.client_cpu_ms = used / tally.acknowledged * 1_000 if tally.acknowledged else None
    return tally


def read(said: str) -> Tally:
    """The figures in what pgbench prints.   Raises: LoadFailed."""
    rate = re.search(r"^tps = ([\d.]+) \(without initial", said, re.MULTILINE)
    done = re.search(r"^number of transactions actually processed: (\d+)", said, re.MULTILINE)
    failed = re.search(r"^number of failed transactions: (\d+)", said, re.MULTILINE)
    latency = re.search(r"^latency average = ([\d.]+) ms", said, re.MULTILINE)
    if not (rate and done and failed and latency):
        raise LoadFailed(f"pgbench printed something else than expected:\n{said}")
    if int(failed[1]):
        raise LoadFailed(f"pgbench saw {failed[1]} transactions fail:\n{said}")
    return Tally(
        rate=float(rate[1]),
        acknowledged=int(done[1]),
        latency_ms={"mean": float(latency[1])},
    )
