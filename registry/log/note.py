"""Signed notes (C2SP signed-note 1.0.0): a text, a blank line, and lines with signatures.

    — <key name> base64(key id of 4 bytes ‖ signature)

Name and id together point to a key; registry/keys/vkeys.py has their form. Signatures by keys that
are not known are kept and not judged.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from registry.keys import vkeys
from registry.keys.algorithms import ALGORITHMS

from .refused import Refused

MOST_SIGNATURES = 100
MOST_BYTES = 1_000_000
START = "— "
CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Signature:
    """Who is said to have signed, by name and key id, and the bytes of the signature."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{START}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """A key that is known: its name in notes, its algorithm, and the bytes of the public key."""

    name: str
    algorithm: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return vkeys.key_id(self.name, self.algorithm, self.public)

    def verifies(self, text: str, signature: bytes) -> bool:
        return ALGORITHMS[self.algorithm].verify(self.public, signature, text.encode())


@dataclass(frozen=True)
class Note:
    """The text, with its last newline, and the signatures in their order.

    `verified` are those that known keys have made; nothing is known of the others.
    """

    text: str
    signatures: tuple[Signature, ...]
    verified: tuple[Signature, ...] = ()


def verifier(line: str) -> Verifier:
    """The key of a verification key's text.   Raises: Refused (VERIFICATION_KEY_MALFORMED)."""
    try:
        return Verifier(*vkeys.parse(line))
    except ValueError as error:
        raise Refused("VERIFICATION_KEY_MALFORMED") from error


def sign(text: str, by: Verifier, signer: Callable[[bytes], bytes]) -> str:
    """The note of a text with one signature; `signer` signs bytes with the private key."""
    assert vkeys.NAME.fullmatch(by.name) and _is_text(text), "neither can be written in a note"
    signature = Signature(by.name, by.key_id, signer(text.encode()))
    return f"{text}\n{signature.line()}"


def parse(data: bytes) -> Note:
    """The note as it is written, nothing verified.   Raises: Refused (NOTE_MALFORMED)."""
    if len(data) > MOST_BYTES:
        raise Refused("NOTE_MALFORMED")
    try:
        note = data.decode()
    except UnicodeDecodeError as error:
        raise Refused("NOTE_MALFORMED") from error
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    if not blank or not _is_text(text) or CONTROL.search(lines) or not lines.endswith("\n"):
        raise Refused("NOTE_MALFORMED")
    signatures = tuple(map(_signature, lines.removesuffix("\n").split("\n")))
    if len(signatures) > MOST_SIGNATURES:
        raise Refused("NOTE_MALFORMED")
    return Note(text, signatures)


def opened(data: bytes, verifiers: list[Verifier]) -> Note:
    """The note, if a known key has signed it and every known key that is named there has.

    Raises: Refused (NOTE_MALFORMED, NOTE_SIGNATURE_WRONG, NOTE_SIGNED_BY_NO_KNOWN_KEY).
    """
    note = parse(data)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    assert len(known) == len(set(verifiers)), "two keys have one name and one id"
    verified = {}
    for signature in note.signatures:
        identity = (signature.name, signature.key_id)
        if identity not in known or identity in verified:
            continue
        if not known[identity].verifies(note.text, signature.value):
            raise Refused(
                "NOTE_SIGNATURE_WRONG", name=signature.name, key_id=signature.key_id.hex()
            )
        verified[identity] = signature
    if not verified:
        raise Refused("NOTE_SIGNED_BY_NO_KNOWN_KEY")
    return Note(note.text, note.signatures, tuple(verified.values()))


def _is_text(text):
    return text.endswith("\n") and not CONTROL.search(text)


def _signature(line):
    name, _space, encoded = line.removeprefix(START).partition(" ")
    value = _decoded(encoded)
    if (
        not line.startswith(START)
        or not vkeys.NAME.fullmatch(name)
        or value is None
        or len(value) < 5
    ):
        raise Refused("NOTE_MALFORMED")
    return Signature(name, value[:4], value[4:])


def _decoded(text):
    """What is written in base64, if it is written in the one way; else None."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if base64.b64encode(value).decode() == text else None
