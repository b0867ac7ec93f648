"""Processor time of the server: what a transfer costs, however busy the machine is otherwise."""

import os
from pathlib import Path

from config.embedded.layout import layout


def server_seconds() -> float | None:
    """Processor time of the server's living and ended processes; None where /proc is missing."""
    try:
        lines = (layout().data / "postmaster.pid").read_text().splitlines()
        postmaster = int(lines[0])
        own = _times(postmaster)
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    except FileNotFoundError:
        return None
    ticks = sum(own)
    for child in children:
        try:
            ticks += sum(_times(int(child))[:2])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def process_seconds(process: int) -> float:
    """Processor time of one process so far, without its children."""
    return sum(_times(process)[:2]) / os.sysconf("SC_CLK_TCK")


def _times(process: int) -> list[int]:
    """User and system time, its own and that of its ended children, in ticks."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in after_name[11:15]]
