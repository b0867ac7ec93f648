"""Keeping the log up while a command loads: what it commits is promised to the log like the rest.

The sequencer's process may not run yet, and a load can take longer than the minute of a promise.
"""

from contextlib import suppress

from django.utils import timezone

from registry.errors import KeyUnavailable
from registry.services.keep_log import keep_log
from registry.services.make_checkpoint import make_checkpoint
from registry.services.sequence import sequence_postings
from registry.services.signing_keys import ensure_keys


def keep_up() -> None:
    """Positions, leaves, and a checkpoint when it is time, for what is loaded so far.

    Without its key the log grows and is not signed; whoever signs what is loaded tells why.
    """
    sequence_postings()
    with suppress(KeyUnavailable):
        ensure_keys(at=timezone.now())
        keep_log(timezone.now)


def finish() -> None:
    """The same for all that is loaded, with a checkpoint over it."""
    keep_up()
    with suppress(KeyUnavailable):
        make_checkpoint(at=timezone.now())
