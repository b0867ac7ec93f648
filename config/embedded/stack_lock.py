"""One stack to a home: what keeps a second one from starting beside it."""

import fcntl
import os
import time
from contextlib import contextmanager

from django.utils.translation import gettext as _

from config.embedded.layout import layout
from config.embedded.processes import alive
from config.errors import NodeError

# Seconds that the last processes of a stack may take to end after it.
LAST_ONES = 30


@contextmanager
def taken():
    """Hold the home for the stack of this process.

    Raises: NodeError when a stack runs on it, or one that has ended left processes that do not end.
    """
    layout().make_home()
    path = layout().home / "stack"
    with path.open("a+") as lock:
        layout().give_to_home_owner(path)
        _take(lock)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _take(lock):
    # The processes of a stack inherit its lock, so that none of them is still at work when the next
    # stack starts. Where the stack itself has ended, they are about to.
    give_up = time.monotonic() + LAST_ONES
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            lock.seek(0)
            number = lock.read().strip()
        ended = number.isdecimal() and not alive(int(number))
        if not ended or time.monotonic() > give_up:
            raise NodeError(
                _("This node runs already, as process %(number)s.") % {"number": number},
                _("Stop that one, or run another beside it with a home of its own: %(command)s")
                % {"command": "REGISTRY_HOME=/a/directory PORT=8001 make run"},
            )
        time.sleep(0.1)
