"""One progress on the screen for all nodes."""

import sys
import threading
import time
from collections.abc import Callable


def quiet(text: str) -> None:
    """Where lines go that nobody reads."""


class Telling:
    """Lines with the seconds since the beginning, and whose they are."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.printing = threading.Lock()

    def __call__(self, text: str, *, name: str = "") -> None:
        seconds = time.monotonic() - self.began
        with self.printing:
            try:
                sys.stdout.write(f"{seconds:6.1f} s  {name:<3} {text}\n")
                sys.stdout.flush()
            except OSError:
                # A terminal that was closed takes no more words; all nodes stop in order.
                return

    def of(self, name: str) -> Callable[[str], None]:
        """What tells the lines of one node."""
        return lambda text: self(text, name=name)
