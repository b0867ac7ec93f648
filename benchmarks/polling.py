"""Waiting for a process that is starting."""

import subprocess
import time
from collections.abc import Callable

from .pgbench import LoadFailed

EVERY_S = 0.1


def until(ready: Callable[[], bool], process: subprocess.Popen, *, timeout_s: float) -> None:
    """Raises: LoadFailed, when the process has ended or time is over."""
    ends = time.monotonic() + timeout_s
    while not ready():
        if process.poll() is not None or time.monotonic() > ends:
            raise LoadFailed(f"{process.args[-2:]} is not ready.")
        time.sleep(EVERY_S)
