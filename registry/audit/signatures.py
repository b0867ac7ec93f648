"""Whether a signature is by a key, for the rules that ask. Shares nothing with what signs."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verifies(algorithm: str, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """False for whatever is not a signature over the message by the key (Ed25519, RFC 8032)."""
    if algorithm != "Ed25519":
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
