"""A node beside the project: its own home, its own servers, and the project's code."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.docs.pages import ROOT

SECONDS = 180
# Of the shell that runs the tests, and of the tests themselves.
FOREIGN = ("DATABASE_", "REDIS_", "SECRET_KEY", "DJANGO_", "REGISTRY_HOME", "CONCORD_", "PG")
# curl for machines without it: what the pages ask of it, and nothing more.
CURL = """#!{python}
import sys, urllib.error, urllib.request
headers, address = {{}}, None
arguments = sys.argv[1:]
while arguments:
    argument = arguments.pop(0)
    if argument == "-H":
        name, _colon, value = arguments.pop(0).partition(": ")
        headers[name] = value
    elif argument != "-s":
        address = argument
try:
    answer = urllib.request.urlopen(urllib.request.Request(address, headers=headers))
except urllib.error.HTTPError as error:
    answer = error
sys.stdout.buffer.write(answer.read())
"""


class Scratch:
    """A directory that looks like a clone, with a migrated database and no scenario."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="concord-docs-"))
        # The servers' user must be able to pass when root runs the tests.
        self.path.chmod(0o711)
        for entry in ROOT.iterdir():
            if entry.name not in (".git", ".venv", ".local", "static"):
                (self.path / entry.name).symlink_to(entry)
        (self.path / ".venv").symlink_to(sys.prefix)
        programs = self.path / "programs"
        programs.mkdir()
        (programs / "curl").write_text(CURL.format(python=sys.executable))
        (programs / "curl").chmod(0o755)
        self.port = free_port()
        self.web = None
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)},
            "REGISTRY_HOME": str(self.path / ".local"),
            "PATH": f"{os.environ['PATH']}{os.pathsep}{programs}",
            "LISTEN": f"127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": "1",
        }

    def start(self):
        """Migrate, load the reference data, make keys, and serve."""
        for arguments in (["migrate", "--verbosity=0"], ["load_reference"]):
            self.manage(*arguments)
        said = self.manage("walkthrough").splitlines()
        keys = [line.split()[-1] for line in said if line.startswith("key of")]
        self.environment |= {"KEY_1": keys[0], "KEY_2": keys[1]}
        self.log = (self.path / "web.log").open("w+")
        self.web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"],
            cwd=self.path,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            assert self.web.poll() is None and time.monotonic() < deadline, self._said()
            time.sleep(0.2)

    def manage(self, *arguments) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, commands: str) -> subprocess.CompletedProcess:
        """Run commands as a page prints them, each of which must succeed."""
        here = re.sub(r"http://localhost:8000\b", f"http://127.0.0.1:{self.port}", commands)
        return subprocess.run(
            ["sh", "-eu", "-c", here],
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def remove(self):
        if self.web:
            self.web.terminate()
            self.web.wait(timeout=60)
            self.log.close()
        for home in (".local", "restored"):
            with contextlib.suppress(OSError):
                subprocess.run(
                    [sys.executable, "-m", "config.embedded", "down", "--force"],
                    cwd=self.path,
                    env={**self.environment, "REGISTRY_HOME": str(self.path / home)},
                    timeout=SECONDS,
                    check=False,
                )
        shutil.rmtree(self.path)

    def _answers(self):
        try:
            address = f"http://127.0.0.1:{self.port}/livez"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _said(self):
        return (self.path / "web.log").read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
