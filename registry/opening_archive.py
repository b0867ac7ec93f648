"""The four files of an opening balance as one ZIP file. Pure.

What a ZIP says of its own size is not believed: no more is unpacked than may be.
"""

import io
import zipfile
import zlib
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from .errors import Failure, InvalidInput
from .opening_files import COLUMNS, MAPPING, unreadable
from .sheets import MOST_ROWS, too_large_unpacked, too_many_rows

FILES = (*COLUMNS, MAPPING)
LARGEST_UNPACKED = 32 * 2**20
# What zipfile raises for files that are none, broken, or locked by a password.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(RuntimeError, ValueError, NotImplementedError),
)


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of the archive by their names.

    Raises: InvalidInput (OPENING_FILE_UNREADABLE, FILE_IS_TOO_LARGE_UNPACKED, OPENING_FILES_OTHERS,
    TOO_MANY_ROWS).
    """
    files, left = {}, LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(set(names)) < len(names) or not set(names) <= set(FILES):
                raise InvalidInput(_others(names))
            for name in names:
                with archive.open(name) as part:
                    files[name] = part.read(left + 1)
                left -= len(files[name])
                if left < 0:
                    raise InvalidInput(too_large_unpacked(LARGEST_UNPACKED - left))
    except BROKEN as error:
        raise InvalidInput(unreadable("ZIP", _("The file can not be read."))) from error
    long = [name for name, text in files.items() if text.count(b"\n") > MOST_ROWS + 1]
    if long:
        found = too_many_rows()
        raise InvalidInput(*(replace(found, line=None, data={"file": name}) for name in long))
    return files


def _others(names):
    return Failure(
        "OPENING_FILES_OTHERS",
        _("The archive has other files than those of an opening balance, or one of them twice."),
        _("Pack accounts.csv, holdings.csv, totals.csv and mapping.toml, in no directory."),
        data={"files": [name[:100] for name in names[:20]]},
    )
