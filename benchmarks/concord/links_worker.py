"""One process that proposes transfers over a link, each decided on and taken from a quota."""

import itertools
import os
import sys
from collections.abc import Callable

import django

django.setup()

from benchmarks.choices import CLIENTS  # noqa: E402 - after the setup
from benchmarks.concord.links_market import AT, BLOCK  # noqa: E402
from benchmarks.concord.market import actor  # noqa: E402
from benchmarks.worker import serve  # noqa: E402
from linking.services.plan import Order  # noqa: E402
from linking.services.transfer import transfer  # noqa: E402
from registry.models import UnitType  # noqa: E402

UNITS = 10


def make_step(number: int) -> Callable[[], int]:
    """A transfer that waits for approval: its quota is taken, and its units are reserved."""
    sender, unit_type = actor("administrator 1"), UnitType.objects.get(code="CEA").pk
    counter = itertools.count()

    def step() -> int:
        done = next(counter)
        order = Order(
            *(number + 1, number + 1 + CLIENTS, unit_type, UNITS),
            first=number * BLOCK + done * UNITS + 1,
        )
        transfer(actor=sender, order=order, key=f"{os.getpid()} {done}", at=AT)
        return 1

    return step


if __name__ == "__main__":
    serve(make_step(int(sys.argv[1])), warm_up=5)
