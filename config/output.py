"""What a command does when nobody reads its output any more, as in `manage.py … | head`."""

import os
import signal
import sys
from contextlib import contextmanager

# What a shell shows for a program that SIGPIPE has ended, as it ends most of them.
READER_LEFT = 128 + signal.SIGPIPE


@contextmanager
def ends_with_its_reader():
    """End without a word when the reader of the output has gone, in the order of any exit.

    Python ignores SIGPIPE, and rightly: as a signal it would leave embedded servers behind, and
    would also end whoever loses a connection. So a write fails instead, which is told here.

    Raises: SystemExit (141), with standard output and errors going nowhere from then on.
    """
    try:
        try:
            yield
        finally:
            # What is still buffered would otherwise meet the closed pipe after the last handler.
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        sys.exit(READER_LEFT)
