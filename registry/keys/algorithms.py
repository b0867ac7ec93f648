"""The algorithms that keys are of, by name: sizes, the forms of a public key, verification.

A key record names its algorithm, so that others can follow without a change to what exists. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = "Ed25519"


@dataclass(frozen=True)
class Algorithm:
    """Lengths in bytes; `kty`, `curve` and `jose` as in RFC 8037; `note_type` as in C2SP.

    `verify` takes (public key, signature, message), all bytes, and says whether they belong
    together; it never raises for wrong ones.
    """

    name: str
    public_length: int
    signature_length: int
    kty: str
    curve: str
    jose: str
    note_type: int
    verify: Callable[[bytes, bytes, bytes], bool]


def _verify_ed25519(public_key, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# RFC 8032 for the signature, RFC 8037 §2 for the names, C2SP signed-note for the type.
ALGORITHMS = {
    ED25519: Algorithm(
        name=ED25519,
        public_length=32,
        signature_length=64,
        kty="OKP",
        curve="Ed25519",
        jose="EdDSA",
        note_type=0x01,
        verify=_verify_ed25519,
    )
}
