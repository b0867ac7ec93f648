"""Who uses the embedded servers, kept by the kernel: the last one to leave stops them.

Each process that uses a server holds a shared lock on the file `lease`. The kernel releases it
however the process ends, kill -9 included, which a list of process numbers cannot promise.
Starting and stopping are serialised by an exclusive lock on the file `mutex`.
"""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.layout import Layout

_held: dict[Path, int] = {}


@contextmanager
def mutex(layout: Layout) -> Iterator[None]:
    """Keep every other process from starting or stopping a server of this home."""
    descriptor = _open(layout, "mutex")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def join(layout: Layout) -> None:
    """Hold the lease until this process ends; the last holder stops all servers of the home."""
    if layout.home not in _held:
        descriptor = _open(layout, "lease")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[layout.home] = descriptor
        atexit.register(_leave, layout)


def held(layout: Layout) -> bool:
    """Whether this process holds the lease; a child whose parent was just leaving does not."""
    return layout.home in _held


def in_use(layout: Layout) -> bool:
    """Whether any process, this one included, holds the lease."""
    descriptor = _open(layout, "lease")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _leave(layout: Layout) -> None:
    # A forked child inherits this handler, and by then has a lease of its own to give up.
    if layout.home not in _held:
        return
    with mutex(layout):
        descriptor = _held.pop(layout.home)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            # Also a server that this process never used: whoever did may have been killed.
            from config.embedded import postgresql, valkey

            valkey.stop(layout)
            postgresql.stop(layout)
        finally:
            os.close(descriptor)


def _rejoin_after_fork() -> None:
    """Give a forked child a lease of its own: the inherited one is shared with its parent."""
    for home, inherited in list(_held.items()):
        os.close(inherited)
        descriptor = os.open(home / "lease", os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            del _held[home]
        else:
            _held[home] = descriptor


def _open(layout: Layout, name: str) -> int:
    path = layout.home / name
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if new:
        layout.give_to_home_owner(path)
    return descriptor


os.register_at_fork(after_in_child=_rejoin_after_fork)
