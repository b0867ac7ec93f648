"""Collecting the static files, when any of them has changed."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> None:
    """Collect and compress the static files unless the last collection had the same ones."""
    place = Path(settings.STATIC_ROOT)
    if place.is_dir() and not os.access(place, os.W_OK):
        # An image collects when it is made, and its processes may not write there.
        return
    stamp = place / ".collected"
    present = fingerprint()
    if stamp.is_file() and stamp.read_text() == present:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(present)


def fingerprint() -> str:
    """A digest of the names, sizes and times of all files that would be collected."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()
