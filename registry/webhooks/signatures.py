"""Signatures of webhooks (Standard Webhooks 1.0): HMAC-SHA256 over id, time and body. Pure."""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def secret(node_secret: bytes, name: str) -> bytes:
    """The 32 bytes that an endpoint's deliveries are signed with."""
    return hmac.digest(node_secret, f"webhook {name}".encode(), hashlib.sha256)


def secret_text(key: bytes) -> str:
    """As receivers' libraries take it."""
    return PREFIX + base64.b64encode(key).decode()


def signed_headers(key: bytes, *, message_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """The three headers of a delivery; `at_s` is seconds since 1970."""
    base = f"{message_id}.{at_s}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, base, hashlib.sha256)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{signature}",
    }
