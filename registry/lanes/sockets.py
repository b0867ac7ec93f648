"""The sockets of the lanes, in a directory that only the node's user may enter.

They keep messages apart (SOCK_SEQPACKET), which Linux has and macOS has not.
"""

import os
import socket
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

# A submission has up to 10,000 characters of reason, each of up to four bytes, and escaped.
LONGEST = 128 * 1024


def directory() -> Path:
    return Path(settings.CONCORD["LANES_DIR"])


@contextmanager
def reached(name):
    """A short path of what is in the directory: that of a socket may have 107 bytes.

    Raises: FileNotFoundError where there is no directory.
    """
    folder = os.open(directory(), os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{name}"
    finally:
        os.close(folder)


def opened() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
