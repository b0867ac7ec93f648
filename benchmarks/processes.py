"""Driving Python code in separate processes that start together, as web workers would run."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable

from config.embedded.layout import PROJECT

from . import cpu
from .pgbench import LoadFailed
from .tally import Tally, percentiles

PROCESSES = 8
READY_TIMEOUT_S = 120


def drive(
    module: str,
    *,
    environment: dict[str, str],
    seconds: float,
    processes: int = PROCESSES,
    served_by: Callable[[], float] | None = None,
) -> Tally:
    """Run `python -m module <number>` in each process, all from one word to begin.

    Each process says when it is ready, does its step until the time is over and prints what it
    did (worker.py is its side of this). Where `served_by` tells the processor time of what serves
    them, that counts instead of their own.

    Raises: LoadFailed.
    """
    with tempfile.TemporaryFile("w+") as complaints:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", module, str(number)],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            )
            for number in range(processes)
        ]
        try:
            return _run(started, module, seconds, served_by)
        except LoadFailed as error:
            complaints.seek(0)
            raise LoadFailed(f"{error}\n{complaints.read()[-2_000:]}") from error
        finally:
            for process in started:
                process.kill()
                process.wait()
                process.stdin.close()
                process.stdout.close()


def _run(
    started: list[subprocess.Popen],
    module: str,
    seconds: float,
    served_by: Callable[[], float] | None,
) -> Tally:
    for process in started:
        if process.stdout.readline() != "ready\n":
            raise LoadFailed(f"A process of {module} ended before it was ready.")
    # Only now: what a process does until it is ready, and the warm-up, are nobody's transfers.
    used_before, serving_before = cpu.server_seconds(), served_by and served_by()
    for process in started:
        process.stdin.write(f"{seconds}\n")
        process.stdin.flush()
    tally = _sum([_answer(process, module) for process in started])
    used = cpu.server_seconds()
    if used is not None and tally.timed:
        tally.server_cpu_ms = (used - used_before) / tally.timed * 1_000
    if served_by and tally.timed:
        tally.load_cpu_ms = tally.client_cpu_ms
        tally.client_cpu_ms = (served_by() - serving_before) / tally.timed * 1_000
    return tally


def _answer(process: subprocess.Popen, module: str) -> dict:
    line = process.stdout.readline()
    if not line:
        process.wait(timeout=READY_TIMEOUT_S)
        raise LoadFailed(f"A process of {module} ended with {process.returncode}.")
    return json.loads(line)


def _sum(answers: list[dict]) -> Tally:
    refused = sum((Counter(answer["refused"]) for answer in answers), Counter())
    done = sum(answer["done"] for answer in answers)
    used = sum(answer["cpu_seconds"] for answer in answers)
    return Tally(
        timed=done,
        client_cpu_ms=used / done * 1_000 if done else None,
        rate=sum(answer["done"] / answer["seconds"] for answer in answers),
        acknowledged=sum(answer["acknowledged"] for answer in answers),
        latency_ms=percentiles([took for answer in answers for took in answer["took_ms"]]),
        refused=dict(refused),
    )
