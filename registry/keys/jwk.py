"""Public keys as JSON Web Keys (RFC 7517, RFC 8037), and the thumbprints that name them. Pure."""

import hashlib

from registry import canonical

from . import text_forms
from .algorithms import ALGORITHMS


def public_jwk(algorithm: str, public_key: bytes) -> dict:
    """The members of a public key that RFC 8037 §2 requires.   Raises: KeyError, ValueError."""
    known = ALGORITHMS[algorithm]
    if len(public_key) != known.public_length:
        raise ValueError(f"a public key of {algorithm} has {known.public_length} bytes")
    return {"crv": known.curve, "kty": known.kty, "x": text_forms.encode(public_key)}


def thumbprint(algorithm: str, public_key: bytes) -> str:
    """The key's name: SHA-256 of the required members in their order (RFC 7638), base64url.

    The required members are text in ASCII, for which RFC 7638's form and RFC 8785's are one.
    """
    digest = hashlib.sha256(canonical.encode(public_jwk(algorithm, public_key))).digest()
    return text_forms.encode(digest)


def from_jwk(members: dict) -> tuple[str, bytes]:
    """The algorithm's name and the public key that a JWK holds.

    Raises: ValueError for a key that is not public, not known, or not well formed.
    """
    if not isinstance(members, dict):
        raise ValueError("a key is a JSON object")
    if "d" in members:
        raise ValueError("this is a private key, which belongs in no published list")
    for known in ALGORITHMS.values():
        if (members.get("kty"), members.get("crv")) == (known.kty, known.curve):
            break
    else:
        raise ValueError(f"kty {members.get('kty')!r} with crv {members.get('crv')!r} is not known")
    if not isinstance(members.get("x"), str):
        raise ValueError("x is missing")
    public_key = text_forms.decode(members["x"])
    if len(public_key) != known.public_length:
        raise ValueError(f"a public key of {known.name} has {known.public_length} bytes")
    return known.name, public_key
