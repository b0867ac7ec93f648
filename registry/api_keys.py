"""The text of an API key, `ck_<prefix>_<secret>`, and what is kept of it.

The prefix finds the row and the SHA-256 of the whole text proves the secret; the text itself is
shown once and kept nowhere. A secret of 256 random bits needs no slow hash. No table is read here.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
PREFIX_LENGTH = 10
SECRET_LENGTH = 52
FORM = re.compile(rf"ck_([{ALPHABET}]{{{PREFIX_LENGTH}}})_[{ALPHABET}]{{{SECRET_LENGTH}}}")


@dataclass(frozen=True)
class KeyText:
    """A new key. `text` is for its person's eyes only, so it is not in the repr."""

    text: str = field(repr=False)
    prefix: str
    digest: bytes


def make() -> KeyText:
    """A key that nobody has had before."""
    prefix = _random(PREFIX_LENGTH)
    text = f"ck_{prefix}_{_random(SECRET_LENGTH)}"
    return KeyText(text, prefix, digest(text))


def prefix(text: str) -> str | None:
    """The prefix of a key's text, or None when it has not the form of one."""
    match = FORM.fullmatch(text)
    return match[1] if match else None


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def matches(text: str, kept: bytes) -> bool:
    """Whether the text is that of the kept digest, in a time that tells nothing about it."""
    return hmac.compare_digest(digest(text), kept)


def _random(length):
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
