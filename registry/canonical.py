"""Canonical JSON (RFC 8785) of documents that Concord itself builds, and digests of it.

The documents have string keys in ASCII and values of text, true, false, null, lists, objects and
integers that every JSON reader keeps exactly; quantities and serials are text. For these, sorted
keys, no white space and no escaping but JSON's own are exactly RFC 8785; the tests compare with
an independent implementation.
"""

import hashlib
import json
from datetime import UTC, datetime

LARGEST = 2**53 - 1
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def encode(document) -> bytes:
    """The canonical bytes of a document.   Raises: ValueError for what has no canonical form."""
    _require_plain(document)
    return ENCODER.encode(document).encode()


def digest(document) -> bytes:
    """SHA-256 of the canonical bytes."""
    return hashlib.sha256(encode(document)).digest()


def instant(at: datetime) -> str:
    """An instant as text: ISO 8601 in UTC, with microseconds and `+00:00`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read_object(data: bytes, *, at_most: int) -> dict:
    """The JSON object that bytes are, of `at_most` bytes; no member of it is named twice.

    Raises: ValueError, RecursionError.
    """
    if len(data) > at_most:
        raise ValueError("too large")
    document = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    if not isinstance(document, dict):
        raise ValueError("not an object")
    return document


def _once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def _require_plain(value):
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if kind is int and -LARGEST <= value <= LARGEST:
        return
    if kind in (list, tuple):
        for item in value:
            # Most items are texts; a call for each would take longer than the encoding.
            if type(item) is not str:
                _require_plain(item)
    elif kind is dict:
        for key, item in value.items():
            if not (type(key) is str and key.isascii()):
                raise ValueError(f"{key!r} is no key of a canonical document")
            _require_plain(item)
    else:
        raise ValueError(f"{kind.__name__} {value!r} has no canonical form; give text")
