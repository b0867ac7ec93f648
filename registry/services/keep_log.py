"""Keep the log up with the ledger, and its checkpoints with the log."""

from datetime import timedelta

from registry.errors import KeyUnavailable
from registry.selectors import log

from .append_leaves import append_batch
from .make_checkpoint import make_checkpoint

# Often enough that a receipt's minute is kept with room for a pause, and seldom enough that a busy
# year has few million checkpoints. The schedule adds a second.
EVERY = timedelta(seconds=5)


def keep_log(clock) -> int:
    """Appends all that has a position, and signs the log every few seconds; how many leaves.

    `clock` gives the moment at which the key is used; whether a checkpoint is due is asked of the
    database, whose clock has recorded what was promised.

    Raises: KeyUnavailable, after everything is appended.
    """
    appended, unavailable = 0, None
    while True:
        count = append_batch()
        appended += count
        try:
            if _is_due():
                make_checkpoint(at=clock())
        except KeyUnavailable as error:
            unavailable = error
        if not count:
            break
    if unavailable is not None:
        raise unavailable
    return appended


def close_log(clock) -> int:
    """The same, and a checkpoint over all of it whenever the last one was; how many leaves.

    Raises: KeyUnavailable, after everything is appended.
    """
    appended = keep_log(clock)
    make_checkpoint(at=clock())
    return appended


def _is_due():
    age = log.age()
    return age is None or age >= EVERY
