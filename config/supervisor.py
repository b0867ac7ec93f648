"""All processes of a node under one: started in stages, stopped in reverse, none left behind.

A child gets its signals alone, never with its process group: Celery's main process must have
time to let its pool finish, and a group signal would end the pool at once.
"""

import contextlib
import ctypes
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

POLL_S = 0.1
ASK_EVERY_S = 0.5
WATCH_EVERY_S = 5.0
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, eq=False)
class Child:
    """A program of the node and how long it may take to finish its work when asked to stop."""

    name: str
    command: list[str]
    grace_s: float
    environment: dict[str, str] = field(default_factory=dict)


def ending_with_parent() -> Callable[[], None]:
    """What a child runs first, so that it is asked to stop when this process dies of anything.

    On Linux; elsewhere it does nothing. The kernel looks at the thread that started the child.
    """
    parent = os.getpid()

    def ask_for_it() -> None:
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask_for_it


class Supervisor:
    """Run the children until one dies or the node is asked to stop.

    `watch` is called now and then, to look after what the children depend on; `ready` is asked
    until it says yes, and `on_ready` is called then, once.
    """

    def __init__(
        self,
        stages: list[list[Child]],
        *,
        watch: Callable[[], None],
        ready: Callable[[], bool],
        on_ready: Callable[[], None],
    ) -> None:
        self.stages = stages
        self.watch = watch
        self.ready = ready
        self.on_ready = on_ready
        self.stops_asked = 0
        self.processes: dict[Child, subprocess.Popen] = {}
        self.readers: dict[Child, threading.Thread] = {}
        self.printing = threading.Lock()

    def run(self) -> int:
        """Return 0 after an orderly stop and 1 when a child died by itself."""
        before = {
            number: signal.signal(number, self._ask_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            # All are started before the first thread: a fork copies the calling thread only.
            for child in itertools.chain.from_iterable(self.stages):
                self.processes[child] = self._start(child)
            for child, process in self.processes.items():
                self.readers[child] = threading.Thread(
                    target=self._pass_on, args=(child, process), daemon=True
                )
                self.readers[child].start()
            try:
                died = self._wait()
                if died:
                    self.say(f"{died.name} has ended with status {self.processes[died].returncode}")
            finally:
                self._stop_all()
            return 1 if died else 0
        finally:
            for process in self.processes.values():
                if process.poll() is None:
                    process.kill()
            for number, handler in before.items():
                signal.signal(number, handler)

    def say(self, text: str, *, name: str = "node") -> None:
        # A terminal that was closed takes no more words; the node stops in order all the same.
        with self.printing, contextlib.suppress(OSError):
            sys.stdout.write(f"{name:<9} | {text}\n")
            sys.stdout.flush()

    def _ask_to_stop(self, *_) -> None:
        self.stops_asked += 1

    def _start(self, child: Child) -> subprocess.Popen:
        return subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.environment},
            # The terminal's Ctrl-C reaches this process only, which passes it on in order.
            start_new_session=True,
            preexec_fn=ending_with_parent(),
        )

    def _pass_on(self, child: Child, process: subprocess.Popen) -> None:
        with process.stdout as lines:
            for line in lines:
                self.say(line.decode(errors="replace").rstrip(), name=child.name)

    def _wait(self) -> Child | None:
        """Wait until somebody asks to stop, or return the child that died."""
        announced = False
        ask_at = time.monotonic()
        watch_at = ask_at + WATCH_EVERY_S
        while not self.stops_asked:
            for child, process in self.processes.items():
                if process.poll() is not None:
                    return child
            if not announced and time.monotonic() > ask_at:
                announced = self.ready()
                ask_at = time.monotonic() + ASK_EVERY_S
                if announced:
                    self.on_ready()
            if time.monotonic() > watch_at:
                self.watch()
                watch_at = time.monotonic() + WATCH_EVERY_S
            time.sleep(POLL_S)
        return None

    def _stop_all(self) -> None:
        """Stop stage after stage, the last one first, each child within its grace."""
        for stage in reversed(self.stages):
            for child in stage:
                if self.processes[child].poll() is None:
                    self.say(f"stopping {child.name}")
                    self.processes[child].terminate()
            began = time.monotonic()
            for child in stage:
                self._wait_for(self.processes[child], until=began + child.grace_s)
                self._end_session(self.processes[child])
                self.readers[child].join(timeout=2)

    def _wait_for(self, process: subprocess.Popen, *, until: float) -> None:
        """Wait for the end, but no longer once somebody has asked a second time."""
        while process.poll() is None and time.monotonic() < until and self.stops_asked < 2:
            time.sleep(POLL_S)

    def _end_session(self, process: subprocess.Popen) -> None:
        """Kill what is left of the child and of the processes that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
