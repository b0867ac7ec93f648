"""Nodes as processes: started, asked whether they are ready, killed, started again, stopped."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.embedded.layout import PROJECT, Layout, layout
from config.supervisor import ending_with_parent
from federation.members import Member

START_TIMEOUT_S = 600
STOP_TIMEOUT_S = 90
# A laptop carries three nodes: few processes each, and little memory of the databases.
LEAN = {"WORKERS": "1", "WEB_CONCURRENCY": "1", "WEB_THREADS": "4"}
POSTGRESQL = """\
shared_buffers = 48MB
max_connections = 40
effective_cache_size = 512MB
maintenance_work_mem = 32MB
"""
# What would make two nodes one, or a node somebody else's.
NOT_INHERITED = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "KEYS_DIR", "STATIC_ROOT"),
    *("NODE_NAME", "NODE_URL", "ALLOWED_HOSTS", "LISTEN", "PORT", "BIND", "HTTPS", "BEHIND_PROXY"),
    *("EMAIL_HOST", "ENVIRONMENT", "ENVIRONMENT_TEXT"),
)


class NotReady(Exception):
    """A node that did not begin to answer; with the last words of it."""


@dataclass(frozen=True)
class Place:
    """Where a node lives and answers."""

    home: Path
    port: int


class Node:
    """One member's node: a stack of processes under one, with its own home.

    `say` is called with each line that it prints; `more` is added to its environment.
    """

    def __init__(self, member: Member, place: Place, say: Callable[[str], None], **more: str):
        self.member = member
        self.home = place.home / member.code.lower()
        self.port = place.port
        self.say = say
        self.more = more
        self.process: subprocess.Popen | None = None
        self.last: list[str] = []
        self.starts = 0
        self.stopping = False

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def public_address(self) -> str:
        """Where other nodes reach it, as its card says: perhaps not the node itself."""
        return self.more.get("NODE_URL", self.address)

    @property
    def log(self) -> Path:
        """All that the node's processes have printed."""
        return self.home / "node.log"

    @property
    def keys_file(self) -> Path:
        return self.home / "people.json"

    @property
    def sockets(self) -> Path:
        """Where its servers answer."""
        return Layout(self.home, layout().account).sockets

    def keys(self) -> dict[str, str]:
        """The keys of the node's administrators by their names."""
        return json.loads(self.keys_file.read_text())

    def environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name.removesuffix("_FILE") not in NOT_INHERITED and not name.startswith("PG")
        }
        own = {
            "REGISTRY_HOME": str(self.home),
            "NODE_NAME": self.member.node_name,
            "NODE_URL": self.address,
            # The partners are on this machine, and are spoken to without TLS.
            "PEER_NETWORKS": "127.0.0.0/8,::1/128",
            "PYTHONUNBUFFERED": "1",
        }
        return {**inherited, **LEAN, **own, **self.more}

    def start(self, *, prepared: bool = False) -> None:
        """Start the node's processes under one; from the main thread, with which they end.

        A node that is prepared is neither migrated nor loaded again.
        """
        self.make_home()
        self.stopping = False
        member = ["member", "--hosts", self.member.code, "--keys", str(self.keys_file)]
        command = ["stack"] if prepared else member
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *command, "--port", str(self.port)],
            cwd=PROJECT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ending_with_parent(),
        )
        self.starts += 1
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()

    def command(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess:
        """Run a command of this node beside its processes, as its operator would."""
        return self._run("manage.py", *arguments, timeout=timeout)

    def _run(self, *arguments, timeout=300):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    @property
    def clock(self) -> Path:
        return self.home / "clock"

    @property
    def clock_is_wrong(self) -> bool:
        return self.clock.exists() and float(self.clock.read_text()) != 0

    def set_clock(self, seconds: float) -> None:
        """Puts the clock of a node that runs with federation.shifted ahead by so much."""
        self.clock.write_text(str(seconds))

    @property
    def has_data(self) -> bool:
        return (self.home / "pg").exists()

    def copy_database(self, source: Path) -> None:
        """Begins with the database of another home.   Raises: NotReady."""
        self.make_home()
        copied = self._run("-m", "config.embedded", "copy", str(source))
        if copied.returncode:
            raise NotReady(copied.stdout + copied.stderr)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether the node says that it can work."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asked.request("GET", "/readyz", headers={"Host": "localhost"})
            return asked.getresponse().status == 200
        except OSError:
            return False
        finally:
            asked.close()

    def stop(self) -> None:
        """Ask the node to stop in order; `wait_until_stopped` waits for it."""
        self.stopping = True
        if self.alive():
            self.process.terminate()

    def wait_until_stopped(self) -> None:
        """Wait, and end what does not end by itself."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def make_home(self) -> None:
        for missing in [
            part for part in [*reversed(self.home.parents), self.home] if not part.is_dir()
        ]:
            missing.mkdir(exist_ok=True)
            # As root, the servers run as another user, who passes through.
            missing.chmod(0o711 if os.getuid() == 0 else 0o700)
        settings = self.home / "postgresql.conf"
        if not settings.exists():
            settings.write_text(POSTGRESQL)

    def _listen(self, lines) -> None:
        with lines, self.log.open("a") as kept:
            for line in lines:
                text = line.decode(errors="replace").rstrip()
                if text:
                    self.last = [*self.last[-19:], text]
                    kept.write(f"{text}\n")
                    kept.flush()
                    if not self.stopping:
                        self.say(text)


def migrate_once(nodes: list[Node]) -> None:
    """Make the databases of nodes that have none: one is migrated, and the others are its copies.

    Raises: NotReady.
    """
    new = [node for node in nodes if not node.has_data]
    if len(new) < 2:
        return
    first, *others = new
    first.make_home()
    migrated = first.command("migrate", "--verbosity", "0", timeout=START_TIMEOUT_S)
    if migrated.returncode:
        raise NotReady(migrated.stdout + migrated.stderr)
    for node in others:
        node.copy_database(first.home)


def wait_until_ready(nodes: list[Node], *, seconds: float = START_TIMEOUT_S) -> None:
    """Wait until all answer.   Raises: NotReady."""
    end = time.monotonic() + seconds
    waiting = list(nodes)
    while waiting:
        for node in waiting:
            if not node.alive():
                said = "\n".join(node.last)
                raise NotReady(f"The node of {node.member.code} has ended:\n{said}")
        waiting = [node for node in waiting if not node.ready()]
        if waiting and time.monotonic() > end:
            names = ", ".join(node.member.code for node in waiting)
            raise NotReady(f"After {seconds:.0f} s these nodes do not answer: {names}.")
        time.sleep(0.3)


def stop_all(nodes: list[Node]) -> None:
    for node in nodes:
        node.stop()
    for node in nodes:
        node.wait_until_stopped()
