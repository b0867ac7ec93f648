"""What is done to a running node that it has to survive: processes killed or frozen, queues
emptied, clocks put wrong.

The processes of a node are found by where they run: the servers stay in their data, and all others
descend from the stack.
"""

import os
import random
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from config.embedded import processes
from federation.nodes import Node

KILLED = ("web", "worker", "sequencer", "beat", "postgresql", "valkey", "stack")
KINDS = (*KILLED, "emptied", "frozen", "clock")
FROZEN_S = 3.0
# A clock that is wrong is so by nearly as much as the protocol bears, one way or the other.
WRONG_BY_S = (240.0, 295.0)


@dataclass(frozen=True)
class Fault:
    """What happens, to which node, how many seconds after the one before; `by_s` to clocks."""

    kind: str
    node: int
    after_s: float
    by_s: float


def schedule(seed: int, *, nodes: int, seconds: float) -> list[Fault]:
    """The faults of a run: the same for the same seed. Each kind comes before any comes again."""
    chosen = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    faults, at, left = [], 0.0, []
    while True:
        after = chosen.uniform(3, 8)
        at += after
        if at > seconds:
            return faults
        left = left or chosen.sample(KINDS, len(KINDS))
        by = chosen.choice((-1, 1)) * chosen.uniform(*WRONG_BY_S)
        faults.append(Fault(left.pop(), chosen.randrange(nodes), after, by))


def can_be(fault: Fault, node: Node) -> bool:
    """Whether what the fault is about is there now."""
    if fault.kind == "clock":
        return True
    if fault.kind == "emptied":
        return bool(pids_of(node, "valkey"))
    return bool(pids_of(node, "web" if fault.kind == "frozen" else fault.kind))


def inflict(fault: Fault, node: Node) -> str:
    """Does it, and tells what was done."""
    if fault.kind == "clock":
        by_s = 0.0 if node.clock_is_wrong else fault.by_s
        node.set_clock(by_s)
        return f"the clock of {node.member.code} is {by_s:+.0f} s off"
    if fault.kind == "emptied":
        return f"the Valkey of {node.member.code} emptied: {_ask_valkey(node, 'FLUSHALL')}"
    pids = pids_of(node, "web" if fault.kind == "frozen" else fault.kind)
    if fault.kind == "frozen":
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        time.sleep(FROZEN_S)
        for pid in pids:
            _signal(pid, signal.SIGCONT)
        return f"web of {node.member.code} frozen for {FROZEN_S:.0f} s"
    for pid in pids:
        _signal(pid, signal.SIGKILL)
    return f"kill -9: {fault.kind} of {node.member.code} ({len(pids)} processes)"


def pids_of(node: Node, kind: str) -> list[int]:
    """The processes of a kind; those of PostgreSQL begin with its first."""
    if kind == "postgresql":
        return processes.living_in(node.home / "pg")
    if kind == "valkey":
        return processes.living_in(node.home / "valkey")
    if not node.alive():
        return []
    if kind == "stack":
        return [node.process.pid]
    return [pid for pid in _descendants(node.process.pid) if _kind(pid) == kind]


def resident_mb(node: Node) -> dict[str, int]:
    """Memory by kind of process: shared pages are divided among those who share them."""
    return {
        kind: sum(_proportional_kb(pid) for pid in pids_of(node, kind)) // 1024 for kind in KILLED
    }


def _kind(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    if "gunicorn" in words:
        return "web"
    if "beat" in words:
        return "beat"
    return "sequencer" if "sequencer@%h" in words else "worker" if "worker" in words else ""


def _descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, children) for each in (child, *_descendants(child))]


def _proportional_kb(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _ask_valkey(node: Node, command: str) -> str:
    """One command, and the first line of the answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(5)
        try:
            client.connect(str(node.sockets / "valkey.sock"))
            client.sendall(f"{command}\r\n".encode())
            return client.recv(200).decode(errors="replace").strip()
        except OSError as error:
            return f"nobody answers ({error.strerror})"
