"""Nodes end in order with the process that started them, whatever ends it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from federation.nodes import Node, stop_all
from federation.telling import Telling

ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopped_at_the_end(nodes: list[Node], telling: Telling) -> Iterator[None]:
    """Whoever asks to end interrupts as Ctrl-C does; a second signal leaves nothing behind."""
    before = {number: signal.signal(number, _interrupt) for number in ENDING}
    try:
        yield
    finally:
        before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        telling("stopping")
        stop_all(nodes)
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(*_signal) -> None:
    raise KeyboardInterrupt
