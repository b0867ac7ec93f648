"""One process that makes transfers through the service, `lines` of them in each call."""

import itertools
import os
import sys
from collections.abc import Callable

import django

django.setup()

from django.utils import timezone  # noqa: E402 - after the setup

from benchmarks.choices import UNIT_TYPE, Choices  # noqa: E402
from benchmarks.concord.market import actor  # noqa: E402
from benchmarks.worker import serve  # noqa: E402
from registry import facts  # noqa: E402
from registry.lines import Line  # noqa: E402
from registry.services.transfer import deliver  # noqa: E402


def make_step(number: int, *, lines: int, accounts: int) -> Callable[[], int]:
    """A call of the service with so many lines, which returns their number."""
    choices = Choices(seed=number, accounts=accounts)
    know_accounts(accounts)
    market = actor("market")
    counter = itertools.count()

    def line() -> Line:
        choice = choices.next()
        return Line(choice.source, choice.destination, UNIT_TYPE, choice.quantity)

    def step() -> int:
        deliver(
            actor=market,
            lines=[line() for _ in range(lines)],
            key=f"{os.getpid()} {next(counter)}",
            at=timezone.now(),
        )
        return lines

    return step


def know_accounts(accounts: int) -> None:
    """Read every account once, as a process that has served for a while has.

    What never changes of an account stays in the process; what can change is read under lock.
    """
    half = accounts // 2
    lines = [Line(seller, seller + half, UNIT_TYPE, 1) for seller in range(1, half + 1)]
    facts.read("delivery", timezone.now(), lines)


def main(number: int) -> None:
    lines = int(os.environ["BENCH_LINES"])
    step = make_step(number, lines=lines, accounts=int(os.environ["BENCH_ACCOUNTS"]))
    serve(step, warm_up=20 if lines == 1 else 1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
