"""What can go wrong at any moment: servers and workers that are killed, answers that are lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

from config.embedded import processes
from config.embedded.layout import PROJECT, layout
from config.errors import NodeError

# How a client learns that the server went away, or could not be started at once.
GONE = (OperationalError, InterfaceError, NodeError)

LATEST_S = 0.012


@dataclass(frozen=True)
class Rates:
    """How likely each fault is, at each step or attempt."""

    between: float = 0.05
    during: float = 0.06
    lost: float = 0.1
    worker: float = 0.06


class Faults:
    """Faults drawn from the run's random numbers, counted by kind."""

    def __init__(self, random, database, rates):
        self.random = random
        self.database = database
        self.rates = rates
        self.counts = Counter()
        self.worker = None

    def between_steps(self):
        if self.random.random() < self.rates.between:
            self.kill_postgresql("PostgreSQL killed between two steps")
        if self.random.random() < self.rates.worker:
            self.restart_worker()

    def draw(self):
        """The fault of one attempt of a client: none, usually."""
        number = self.random.random()
        if number < self.rates.during:
            return "kill"
        return "lose" if number < self.rates.during + self.rates.lost else None

    @contextmanager
    def striking(self, fault):
        """While the body runs, the server is killed at a moment of the first milliseconds."""
        if fault == "lose":
            self.counts["answer lost"] += 1
        if fault != "kill":
            yield
            return
        moment = self.random.random() * LATEST_S
        killer = threading.Timer(
            moment, self.kill_postgresql, ["PostgreSQL killed in mid-statement"]
        )
        killer.start()
        try:
            yield
        finally:
            killer.join()

    def kill_postgresql(self, why, everything=None):
        """kill -9 of the postmaster alone, whose sessions live on for a moment, or of all."""
        if everything is None:
            everything = self.random.random() < 0.5
        try:
            lines = (layout().data / "postmaster.pid").read_text().splitlines()
            os.kill(int(lines[0]), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return
        for pid in processes.living_in(layout().data) if everything else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.counts[why] += 1

    def start_worker(self):
        """A process that gives positions while the clients work."""
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.sequencing", self.database],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def restart_worker(self):
        self.stop_worker()
        self.counts["worker killed"] += 1
        self.start_worker()

    def stop_worker(self):
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()

    def wait_for_worker(self, placed, seconds=20):
        """Let the worker give at least one position, so that killing it means something."""
        deadline = time.monotonic() + seconds
        while not placed() and time.monotonic() < deadline:
            time.sleep(0.05)
