"""Running calls at the same moment, each in a thread with connections of its own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass
class Outcome:
    """What a call returned, or what it raised."""

    value: Any = None
    error: BaseException | None = None

    @property
    def succeeded(self) -> bool:
        return self.error is None


def together(*calls: Callable[[], Any], seconds: float = 60) -> list[Outcome]:
    """Start all calls behind one barrier and return their outcomes in the order given.

    Raises: TimeoutError when a call has not ended in time; it is named by its place.
    """
    barrier = threading.Barrier(len(calls), timeout=seconds)
    outcomes = [Outcome() for _ in calls]

    def run(index: int) -> None:
        try:
            barrier.wait()
            outcomes[index].value = calls[index]()
        except BaseException as error:  # noqa: BLE001 - handed to the test, which judges it
            outcomes[index].error = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(index,), daemon=True) for index in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    late = [index for index, thread in enumerate(threads) if thread.is_alive()]
    if late:
        raise TimeoutError(f"calls {late} have not ended after {seconds} s")
    return outcomes
