"""Verification keys of signed notes (C2SP signed-note): name+hex id+base64(type || key). Pure."""

import base64
import binascii
import hashlib
import re

from .algorithms import ALGORITHMS

# A name has no white space and no plus sign (C2SP signed-note, "key name").
NAME = re.compile(r"[^\s+]+")
ID_BYTES = 4


def key_id(name: str, algorithm: str, public_key: bytes) -> bytes:
    """The first 4 bytes of SHA-256(name, line feed, type, key)."""
    typed = bytes([ALGORITHMS[algorithm].note_type]) + public_key
    return hashlib.sha256(name.encode() + b"\n" + typed).digest()[:ID_BYTES]


def vkey(name: str, algorithm: str, public_key: bytes) -> str:
    """The verification key in one line, without its end.   Raises: ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} can not be the name of a key: white space or a plus sign")
    typed = bytes([ALGORITHMS[algorithm].note_type]) + public_key
    hex_id = key_id(name, algorithm, public_key).hex()
    return f"{name}+{hex_id}+{base64.b64encode(typed).decode()}"


def parse(line: str) -> tuple[str, str, bytes]:
    """Name, algorithm and public key of a verification key.   Raises: ValueError."""
    parts = line.split("+", 2)
    if len(parts) != 3 or not NAME.fullmatch(parts[0]):
        raise ValueError(f"{line!r} is not name+id+key")
    name, hex_id, encoded = parts
    try:
        typed = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError(f"the key of {name} is not base64") from error
    for known in ALGORITHMS.values():
        if typed[:1] == bytes([known.note_type]) and len(typed) == 1 + known.public_length:
            break
    else:
        raise ValueError(f"the key of {name} is of no known type and length")
    if vkey(name, known.name, typed[1:]) != line:
        raise ValueError(f"the id {hex_id} is not that of the key of {name}")
    return name, known.name, typed[1:]
