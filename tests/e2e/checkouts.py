"""Clones of the repository, run by other users of the system as people run them."""

import contextlib
import json
import os
import pty
import pwd
import select
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from config.embedded import processes

SECONDS = 300


@dataclass(frozen=True)
class Person:
    """A user of the system, with a home directory that nobody else may enter."""

    name: str
    uid: int
    gid: int
    home: Path

    @classmethod
    def make(cls, name: str) -> "Person":
        subprocess.run(["userdel", "--remove", name], capture_output=True, check=False)
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", name], check=True)
        found = pwd.getpwnam(name)
        home = Path(found.pw_dir)
        home.chmod(0o700)
        return cls(name, found.pw_uid, found.pw_gid, home)

    def remove(self) -> None:
        self.kill_everything()
        subprocess.run(["userdel", "--remove", self.name], capture_output=True, check=False)

    def processes(self) -> dict[int, str]:
        """The live processes of this user, with their commands."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if entry.stat().st_uid == self.uid and processes.alive(int(entry.name)):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(entry.name)] = command.decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def kill_everything(self) -> None:
        """kill -9 of all processes of this user, who exists for these tests only."""
        deadline = time.monotonic() + 30
        while (left := self.processes()) and time.monotonic() < deadline:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.1)


ROOT = Person("root", 0, 0, Path("/root"))


class Checkout:
    """A clone in some place that belongs to some person."""

    def __init__(self, path: Path, person: Person) -> None:
        self.path = path
        self.person = person

    @classmethod
    def clone(cls, source: Path, path: Path, person: Person) -> "Checkout":
        made = cls(path, person)
        if person.uid != os.getuid():
            # git refuses to read what belongs to somebody else, as the source does.
            trust = ("git", "config", "--global", "safe.directory", "*")
            made.call(*trust, directory=person.home)
        made.call("git", "clone", "--quiet", str(source), str(path), directory=path.parent)
        return made

    def beside(self, source: Path, path: Path) -> "Checkout":
        """Another clone of the same person, with the packages that this one has installed."""
        other = Checkout.clone(source, path, self.person)
        other.call("cp", "-a", f"{self.path}/.venv", ".venv")
        return other

    def go_on_with(self, other: "Checkout") -> None:
        """Begins with the data of another checkout, whose node has stopped."""
        self.call("cp", "-a", f"{other.path}/.local", ".local")

    def environment(self, **more: str) -> dict[str, str]:
        """What a person who has just logged in has, and how this machine reaches its indexes."""
        kept = ("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.person.home),
            "USER": self.person.name,
            "TERM": "xterm",
            **{name: value for name, value in os.environ.items() if name.startswith(kept)},
            **more,
        }

    def call(self, *command: str, directory: Path | None = None) -> str:
        found = subprocess.run(
            self.as_person(command),
            cwd="/",
            env={**self.environment(), "DIRECTORY": str(directory or self.path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert found.returncode == 0, f"{command} failed:\n{found.stdout}{found.stderr}"
        return found.stdout

    def as_person(self, command) -> list[str]:
        """The command as this person, who alone may enter the directory."""
        enter = ["sh", "-c", 'cd "$DIRECTORY" && exec "$@"', "sh", *command]
        if self.person.uid == os.getuid():
            return enter
        return [
            *("setpriv", f"--reuid={self.person.uid}", f"--regid={self.person.gid}"),
            *("--init-groups", *enter),
        ]

    def make(self, target: str, **variables: str) -> "Terminal":
        return Terminal(self, ["make", target], variables)


class Terminal:
    """A command at a terminal of its own, where Ctrl-C is a key."""

    def __init__(self, checkout: Checkout, command: list[str], variables: dict[str, str]) -> None:
        self.said = ""
        self.began = time.monotonic()
        self.status: int | None = None
        environment = {**checkout.environment(**variables), "DIRECTORY": str(checkout.path)}
        words = checkout.as_person(command)
        self.pid, self.descriptor = pty.fork()
        if not self.pid:
            os.chdir("/")
            os.execvpe(words[0], words, environment)  # noqa: S606 - the command itself

    def wait_for(self, text: str, *, seconds: float = SECONDS) -> float:
        """Read until the text is there; return the seconds since the start."""
        deadline = time.monotonic() + seconds
        while text not in self.said:
            left = deadline - time.monotonic()
            assert left > 0 and self._read(left), f"no {text!r} in:\n{self.said}"
        return time.monotonic() - self.began

    def press_control_c(self) -> None:
        os.write(self.descriptor, b"\x03")

    def end(self, *, seconds: float = 90) -> int:
        """Read to the end; return the status that a shell would show."""
        deadline = time.monotonic() + seconds
        while self._read(deadline - time.monotonic()):
            assert time.monotonic() < deadline, f"still running:\n{self.said}"
        self._reap()
        return self.status

    def close(self) -> None:
        """Close the window: the kernel hangs up on whatever runs in it."""
        os.close(self.descriptor)
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._reap()

    def _reap(self) -> None:
        if self.status is None:
            _, status = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(status)
            os.close(self.descriptor)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], max(0.0, min(seconds, 1.0)))
        if not ready:
            return True
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            # Linux says so when the last process has left the terminal.
            return False
        self.said += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)


def get(address: str, *, language: str = "en", key: str = "") -> tuple[int, str]:
    """The status and the text of an answer of a node on this machine."""
    assert address.startswith("http://localhost:")
    headers = {"Accept-Language": language}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def is_ready(port: int) -> bool:
    status, text = get(f"http://localhost:{port}/readyz")
    return status == 200 and json.loads(text)["status"] == "ok"


def remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
