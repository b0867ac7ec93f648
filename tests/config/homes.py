"""Homes of embedded servers for tests, and programs that use them in processes of their own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.embedded import processes

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 60

# Each program begins so; `connect` is what an ordinary process of the node does.
PREAMBLE = """
import os, sys, time, psycopg2
from config.embedded import lease, postgresql, valkey
from config.embedded.layout import layout
def connect(role="concord_app", database="concord"):
    return psycopg2.connect(host=str(postgresql.ensure()), user=role, dbname=database,
                            password=postgresql.password(role))
def ask(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None
def say(*words):
    print(*words, flush=True)
"""


class Home:
    """A directory for embedded servers, and what runs in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started: list[subprocess.Popen] = []

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "REGISTRY_HOME": str(self.path)}

    def start(self, program: str) -> subprocess.Popen:
        """Start a program; it is fed and read line by line."""
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PREAMBLE + program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT,
            env=self.environment,
        )
        self.started.append(process)
        return process

    def run(self, program: str) -> str:
        """Run a program to its end and return what it printed; it must succeed."""
        process = self.start(program)
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, said
        return said.strip()

    def refused(self, program: str) -> str:
        """Run a program that must fail and return what it said."""
        process = self.start(program)
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode != 0, said
        return said

    def hold(self) -> subprocess.Popen:
        """Start a program that uses PostgreSQL until its input ends."""
        process = self.start(
            'c = connect(); say("ready"); sys.stdin.read(); say(ask(c, "SELECT 7"))'
        )
        assert process.stdout.readline() == "ready\n"
        return process

    def postmaster(self) -> int:
        return int((self.path / "pg" / "postmaster.pid").read_text().splitlines()[0])

    def servers(self) -> list[int]:
        """The live processes of PostgreSQL and Valkey."""
        return processes.living_in(self.path / "pg") + processes.living_in(self.path / "valkey")

    def wait_without_servers(self) -> list[int]:
        deadline = time.monotonic() + SECONDS
        while (left := self.servers()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def remove(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        for pid in self.servers():
            os.kill(pid, signal.SIGKILL)
        self.wait_without_servers()
        shutil.rmtree(self.path, ignore_errors=True)


def make(*, parent: Path | None = None, name: str = "home") -> Home:
    """An empty home below a directory that the servers' user may pass through."""
    if parent is None:
        parent = Path(tempfile.mkdtemp(prefix="concord-home-"))
        parent.chmod(0o711)
    return Home(parent / name)
