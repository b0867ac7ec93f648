"""Canonical JSON (RFC 8785) of documents that Concord itself builds, and digests of it.

The documents have string keys in ASCII and values of text, true, false, null, lists, objects and
small integers; quantities and serials are text. For these, sorted keys, no white space and no
escaping but JSON's own are exactly RFC 8785; the tests compare with an independent
implementation.
"""

import hashlib
import json


def encode(document) -> bytes:
    """The canonical bytes of a document.   Raises: ValueError for a float."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse
    ).encode()


def digest(document) -> bytes:
    """SHA-256 of the canonical bytes."""
    return hashlib.sha256(encode(document)).digest()


def _refuse(value):
    raise ValueError(f"{type(value).__name__} has no canonical form; give text")
