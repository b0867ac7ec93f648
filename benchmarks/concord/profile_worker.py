"""One process under cProfile; prints the functions that take most, for each transfer."""

import cProfile
import os
import pstats
import sys
import time

import django

django.setup()

from benchmarks.concord.transfer_worker import make_step  # noqa: E402 - after the setup

WARM_UP = 20
SHOWN = 20


def main(seconds: float) -> None:
    step = make_step(0, lines=1, accounts=int(os.environ["BENCH_ACCOUNTS"]))
    for _ in range(WARM_UP):
        step()
    profiler = cProfile.Profile()
    done = 0
    ends = time.perf_counter() + seconds
    profiler.enable()
    while time.perf_counter() < ends:
        done += step()
    profiler.disable()
    found = pstats.Stats(profiler).stats
    print(f"{'ms self':>8} {'ms in all':>9} {'calls':>6}  function")
    for (path, line, name), (_, calls, own, whole, _) in sorted(
        found.items(), key=lambda item: -item[1][2]
    )[:SHOWN]:
        place = f"{os.path.relpath(path)}:{line}" if os.path.isabs(path) else path
        print(
            f"{own / done * 1_000:8.3f} {whole / done * 1_000:9.3f} {calls / done:6.1f}  "
            f"{name} {place}"
        )


if __name__ == "__main__":
    main(float(sys.argv[1]))
