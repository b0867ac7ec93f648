"""Requests signed as RFC 9421 has it, made by hand: no code is shared with what verifies them."""

import base64
import hashlib
from dataclasses import dataclass
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HOST = "http://testserver"
NONCES = count(1)


@dataclass
class Signer:
    """A pair of keys, and the keyid under which the node knows it."""

    private: Ed25519PrivateKey
    key_id: str = ""

    @classmethod
    def new(cls):
        return cls(Ed25519PrivateKey.generate())

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def headers(self, method, path, body=b"", *, key=None, created, leave_out=(), **parameters):
        """The headers of a signed request; `parameters` take the place of the usual ones."""
        values = {"@method": method, "@target-uri": HOST + path}
        sent = {}
        if method == "POST":
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            sent = {"content-digest": f"sha-256=:{digest}:", "idempotency-key": key}
            values |= sent
        values = {name: value for name, value in values.items() if name not in leave_out}
        given = {
            "created": int(created.timestamp()),
            "keyid": self.key_id,
            "nonce": f"n{next(NONCES)}",
            **parameters,
        }
        said = ";".join(
            f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
            for name, value in given.items()
            if value is not None
        )
        names = " ".join(f'"{name}"' for name in values)
        params = f"({names});{said}"
        base = "".join(f'"{name}": {value}\n' for name, value in values.items())
        signature = self.private.sign(f'{base}"@signature-params": {params}'.encode())
        return {
            **sent,
            "signature-input": f"sig1={params}",
            "signature": f"sig1=:{base64.b64encode(signature).decode()}:",
        }
