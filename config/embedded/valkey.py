"""The embedded Valkey: the broker of the workers and the cache, on a socket in the home."""

import os
import re
import signal
import socket
import time
from pathlib import Path

from config.embedded import binaries, lease, processes
from config.embedded.layout import Layout, layout
from config.errors import NodeError

START_TIMEOUT_S = 60

_checked: set[Path] = set()


def socket_path() -> Path:
    """Where the socket is, or will be; nothing is started."""
    return layout().sockets / "valkey.sock"


def ensure(*, again: bool = False) -> Path:
    """Return the path of the socket, with a server behind it.   Raises: NodeError."""
    home = layout()
    if home.home in _checked and lease.held(home) and not again:
        return socket_path()
    home.make_home()
    with lease.mutex(home):
        lease.join(home)
        if not running(home):
            _start(home)
    _checked.add(home.home)
    return socket_path()


def running(home: Layout) -> bool:
    """Whether a server answers; one that is still reading its data is not ready yet."""
    return _ask(home, "PING") == "+PONG"


def stop(home: Layout) -> None:
    """Stop the server in an orderly way, if one runs."""
    _checked.discard(home.home)
    _ask(home, "SHUTDOWN")
    if processes.wait_until_gone(home.valkey, seconds=30):
        for pid in processes.living_in(home.valkey):
            os.kill(pid, signal.SIGTERM)


def status(home: Layout) -> str:
    """One line for people."""
    if running(home):
        return f"Valkey runs; socket {home.sockets / 'valkey.sock'}"
    return "Valkey does not run"


def _ask(home: Layout, command: str) -> str:
    """Send one command and return the first line of the answer, empty without a server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(5)
        try:
            client.connect(str(home.sockets / "valkey.sock"))
            client.sendall(f"{command}\r\n".encode())
            return client.recv(200).decode(errors="replace").partition("\r\n")[0]
        except OSError:
            return ""


def _start(home: Layout) -> None:
    home.make_server_directory(home.sockets)
    home.make_server_directory(home.valkey)
    # A server whose socket somebody removed would write the same files as a second one.
    for pid in processes.wait_until_gone(home.valkey, seconds=2):
        os.kill(pid, signal.SIGTERM)
    remaining = processes.wait_until_gone(home.valkey, seconds=10)
    if remaining:
        raise NodeError(
            f"Processes {remaining} of an earlier Valkey still use {home.valkey}.",
            f"End them (kill {' '.join(map(str, remaining))}) and try again.",
        )
    log = home.valkey / "server.log"
    marker = log.stat().st_size if log.exists() else 0
    settings = {
        "port": "0",
        "unixsocket": str(home.sockets / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(home.valkey),
        "logfile": str(log),
        "daemonize": "yes",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    try:
        status, said = processes.run(home, [str(binaries.valkey(home)), *options])
    except OSError as error:
        raise NodeError(
            f"Valkey cannot be run: {error}.",
            "Name another program with REGISTRY_REDIS_BIN, or set REDIS_URL to a server.",
        ) from error
    deadline = time.monotonic() + (START_TIMEOUT_S if status == 0 else 0)
    while not running(home):
        gone = not processes.living_in(home.valkey) and Path("/proc/self").exists()
        if time.monotonic() > deadline or (gone and _has_failed(log, marker)):
            raise _explained(said, log, marker)
        time.sleep(0.02)


def _has_failed(log: Path, marker: int) -> bool:
    return bool(re.search(r"(?i)fatal|can't|failed|error", _tail(log, marker)))


def _tail(log: Path, marker: int) -> str:
    if not log.exists():
        return ""
    with log.open(errors="replace") as lines:
        lines.seek(marker)
        return lines.read()


def _explained(said: str, log: Path, marker: int) -> NodeError:
    words = said + _tail(log, marker)
    last = "\n".join(words.strip().splitlines()[-8:])
    if "No space left on device" in words:
        remedy = "The disk is full: make room, or choose another place with REGISTRY_HOME."
    else:
        remedy = f"The whole log is in {log}."
    return NodeError(f"Valkey did not start:\n{last}", remedy)
