"""One process of a load: ready, the word to begin, the step until the time is over, the answer."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable


def serve(
    step: Callable[[], int], *, warm_up: int = 3, refusal: type[Exception] | tuple = ()
) -> None:
    """Do `step`, which returns how many transfers it made, as long as the driver says.

    A refusal is counted by its name and is no success. Any other exception ends the process and
    with it the measure. What the warm-up does is acknowledged, but not timed.
    """
    acknowledged = sum(step() for _ in range(warm_up))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    seconds = float(sys.stdin.readline())
    done = 0
    took_ms = []
    refused = Counter()
    used = time.process_time()
    began = time.perf_counter()
    ends = began + seconds
    now = began
    while now < ends:
        try:
            done += step()
        except refusal as error:
            refused[getattr(error, "code", type(error).__name__)] += 1
        after = time.perf_counter()
        took_ms.append((after - now) * 1000)
        now = after
    answer = {
        "done": done,
        "acknowledged": acknowledged + done,
        "seconds": now - began,
        "cpu_seconds": time.process_time() - used,
        "took_ms": took_ms,
        "refused": refused,
    }
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    # Until the driver has read the server's processor time, the connections stay open.
    sys.stdin.readline()
