"""Lanes to the gate beside the processes of a measure, as a node starts them."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import cpu, polling
from config.embedded.layout import PROJECT
from config.processes import lane_command

READY_TIMEOUT_S = 60


class Lanes:
    """Running lanes; `seconds` is the processor time that they have used."""

    def __init__(self, processes: list[subprocess.Popen]):
        self.processes = processes

    def seconds(self) -> float:
        return sum(cpu.process_seconds(process.pid) for process in self.processes)


@contextmanager
def serving(environment: dict[str, str], count: int) -> Iterator[tuple[Lanes, dict[str, str]]]:
    """So many lanes, and the environment of processes that ask them.   Raises: LoadFailed."""
    with tempfile.TemporaryDirectory() as directory:
        asking = {**environment, "LANES": str(count), "LANES_DIR": directory}
        processes = [
            subprocess.Popen(lane_command(number), cwd=PROJECT, env=asking)
            for number in range(count)
        ]
        try:
            for number, process in enumerate(processes):
                place = Path(directory) / str(number)
                polling.until(place.exists, process, timeout_s=READY_TIMEOUT_S)
            yield Lanes(processes), asking
        finally:
            for process in processes:
                process.terminate()
                process.wait()
