"""The node's web server in front of a database of the measures, as production runs it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import cpu
from benchmarks.concord import node
from benchmarks.pgbench import LoadFailed
from benchmarks.server import Server
from config.embedded.layout import PROJECT

READY_TIMEOUT_S = 60
# Counted as in production, and never reached by a load.
UNLIMITED = str(10**9)


class Web:
    """A server that answers at a port; `seconds` is the processor time that it has used."""

    def __init__(self, process: subprocess.Popen, port: int):
        self.process = process
        self.port = port

    def seconds(self) -> float:
        """Of the main process and its workers."""
        main = self.process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        return sum(cpu.process_seconds(int(number)) for number in (main, *children))


@contextmanager
def serving(server: Server, database: str, options: tuple[str, ...] = ()) -> Iterator[Web]:
    """gunicorn with the node's settings and, where given, other options.

    Raises: LoadFailed.
    """
    port = _free_port()
    environment = {
        **node.environment(server, database),
        "LISTEN": f"127.0.0.1:{port}",
        "RATE_LIMIT_READS": UNLIMITED,
        "RATE_LIMIT_WRITES": UNLIMITED,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", *options]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [*command, "config.wsgi"], cwd=PROJECT, env=environment, stdout=said, stderr=said
        )
        try:
            _wait(process, port)
            yield Web(process, port)
        except LoadFailed as error:
            said.seek(0)
            raise LoadFailed(f"{error}\n{said.read()[-2_000:]}") from error
        finally:
            process.terminate()
            process.wait()


def make_key(server: Server, database: str) -> str:
    """A new API key of the market, who may do everything in this registry."""
    environment = node.environment(server, database)
    return node.run(["-m", "benchmarks.concord.rest_key"], environment).strip()


def load(server: Server, database: str, web: Web, key: str, **values: int | str) -> dict[str, str]:
    """The environment of a process that sends requests."""
    said = {f"BENCH_{name.upper()}": str(value) for name, value in values.items()}
    return {
        **server.environment(database),
        "PYTHONPATH": str(PROJECT),
        "PATH": os.environ.get("PATH", ""),
        "BENCH_PORT": str(web.port),
        "BENCH_KEY": key,
        **said,
    }


def _wait(process: subprocess.Popen, port: int) -> None:
    end = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise LoadFailed("The web server does not answer.") from error
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
