"""What a process does for the log, in the ways that are measured; prints JSON."""

import json
import os
import random
import sys
import time
from contextlib import suppress

import django

django.setup()

from django.db import connection  # noqa: E402 - after the setup
from django.utils import timezone  # noqa: E402

from benchmarks import cpu  # noqa: E402
from registry import canonical  # noqa: E402
from registry.models import LogLeaf  # noqa: E402
from registry.selectors import log  # noqa: E402
from registry.services.append_leaves import append_batch  # noqa: E402
from registry.services.keep_log import keep_log  # noqa: E402
from registry.services.sequence import sequence_postings  # noqa: E402
from registry.services.signing_keys import ensure_keys  # noqa: E402


def keys() -> None:
    """Make the keys that sign, so that nothing waits for them."""
    ensure_keys(at=timezone.now())
    print(json.dumps({}))


def append() -> None:
    """Log all that waits, this process and its backend on one processor."""
    sequence_postings()
    backend = backend_of_this_process()
    share_one_processor(backend)
    leaves = 0
    began, used, served = time.perf_counter(), time.process_time(), cpu.process_seconds(backend)
    while count := append_batch():
        leaves += count
    answer = {
        "leaves": leaves,
        "seconds": time.perf_counter() - began,
        "client_seconds": time.process_time() - used,
        "server_seconds": cpu.process_seconds(backend) - served,
    }
    print(json.dumps(answer))


def backend_of_this_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def share_one_processor(backend: int) -> None:
    """The two take turns in any case; on one processor neither hides the other's time."""
    first = min(os.sched_getaffinity(0))
    # The backend may be another user's, who moves it as the system likes.
    with suppress(PermissionError):
        os.sched_setaffinity(backend, {first})
        os.sched_setaffinity(0, {first})


def prove(seconds: str) -> None:
    """Answer for random leaves as the API does, up to the bytes of the answer."""
    backend = backend_of_this_process()
    indexes = list(LogLeaf.objects.values_list("pk", flat=True))
    choices = random.Random(1)  # noqa: S311 - a load, not a secret
    took = []
    used, served = time.process_time(), cpu.process_seconds(backend)
    ends = time.perf_counter() + float(seconds)
    while time.perf_counter() < ends:
        began = time.perf_counter()
        found = log.inclusion(log.leaf_at(choices.choice(indexes)))
        canonical.encode([value.hex() for value in found.hashes])
        took.append((time.perf_counter() - began) * 1000)
    answer = {
        "took_ms": took,
        "client_seconds": time.process_time() - used,
        "server_seconds": cpu.process_seconds(backend) - served,
    }
    print(json.dumps(answer))


def keep(*, logs: bool) -> None:
    """Each second what the sequencer's task does, with or without the log, until killed."""
    ensure_keys(at=timezone.now())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        began = time.monotonic()
        sequence_postings()
        if logs:
            keep_log(timezone.now)
        time.sleep(max(0, 1 - (time.monotonic() - began)))


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    if verb in ("sequence", "log"):
        keep(logs=verb == "log")
    else:
        {"keys": keys, "append": append, "prove": prove}[verb](*arguments)
