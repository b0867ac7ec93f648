"""Checkpoints (C2SP tlog-checkpoint): what a log says of itself, as the text of a signed note.

Three lines: the origin, which names the log; the number of leaves; the root, in base64.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from . import note
from .hashing import HASH_BYTES
from .refused import Refused

SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """A tree of a log: `size` leaves, from the first; `root` is 32 bytes.

    Lines after the third are kept and mean nothing here; Concord writes none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        root = base64.b64encode(self.root).decode()
        return "\n".join([self.origin, str(self.size), root, *self.extensions]) + "\n"


def parse(text: str) -> Checkpoint:
    """Raises: Refused (CHECKPOINT_MALFORMED)."""
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < 3 or not all(lines):
        raise Refused("CHECKPOINT_MALFORMED")
    origin, size, encoded, *extensions = lines
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("CHECKPOINT_MALFORMED") from error
    if not SIZE.fullmatch(size) or len(root) != HASH_BYTES:
        raise Refused("CHECKPOINT_MALFORMED")
    read = Checkpoint(origin, int(size), root, tuple(extensions))
    if read.text != text:
        raise Refused("CHECKPOINT_MALFORMED")
    return read


def opened(data: bytes, *, origin: str, verifiers: list[note.Verifier]) -> Checkpoint:
    """The checkpoint of the log `origin`, if one of the keys that are known has signed it.

    Raises: Refused (those of note.opened, CHECKPOINT_MALFORMED, CHECKPOINT_OF_ANOTHER_LOG).
    """
    read = parse(note.opened(data, verifiers).text)
    if read.origin != origin:
        raise Refused("CHECKPOINT_OF_ANOTHER_LOG", origin=read.origin)
    return read
