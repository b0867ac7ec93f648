"""Bytes as text in exactly one way: base64url without padding (RFC 4648 §5, RFC 7515 §2). Pure."""

import base64
import binascii


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes that a text stands for.

    Another spelling of the same bytes (padding, characters of the ordinary alphabet, unused bits
    that are set) is refused, so that a changed character is never the same signature.

    Raises: ValueError.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{text!r} is not base64url without padding") from error
    if encode(data) != text:
        raise ValueError(f"{text!r} is not the one base64url text of its bytes")
    return data
