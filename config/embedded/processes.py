"""Running programs as the servers' user, and finding out which of them are alive."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from config.embedded.layout import Layout


def run(layout: Layout, command: list[str], *, text: str = "") -> tuple[int, str]:
    """Run a program to its end as the servers' user and return its status and what it said.

    Output goes to a file: a daemon inherits a pipe and would keep its reader waiting for ever.
    PG* variables are removed, so that the user's own PostgreSQL settings do not leak in.
    """
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("PG") and key not in ("LC_ALL", "LANG", "LD_LIBRARY_PATH")
    }
    environment["LC_ALL"] = "C"
    identity = {}
    if layout.account:
        # Without a group of its own and an empty list the server would keep root's groups.
        identity = {
            "user": layout.account.uid,
            "group": layout.account.gid,
            "extra_groups": [],
        }
        environment["HOME"] = "/"
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
        given.write(text.encode())
        given.seek(0)
        status = subprocess.run(
            command,
            stdin=given,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment,
            umask=0o077,
            check=False,
            **identity,
        ).returncode
        said.seek(0)
        return status, said.read().decode(errors="replace")


def alive(pid: int) -> bool:
    """Whether the process exists and is more than a zombie that nobody has reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        # Without /proc (macOS) the answer of kill() stands.
        return not Path("/proc/self").exists()
    return state not in ("Z", "X")


def living_in(directory: Path) -> list[int]:
    """The live processes whose working directory this is: the servers stay in their data."""
    found = []
    wanted = str(directory)
    if not Path("/proc/self").exists():
        return found
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                here = os.readlink(f"/proc/{entry}/cwd")
            except OSError:
                continue
            if here == wanted and alive(int(entry)):
                found.append(int(entry))
    return found


def wait_until_gone(directory: Path, *, seconds: float) -> list[int]:
    """Wait for the processes of a directory to end; return those that are still there."""
    deadline = time.monotonic() + seconds
    while (remaining := living_in(directory)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return remaining
