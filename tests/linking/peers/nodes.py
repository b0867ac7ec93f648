"""Another node, played by the tests: its keys, its card, its messages, and where it is reached."""

import base64
import json
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from linking.messages import envelope
from linking.messages.envelope import Message
from registry import canonical
from registry.keys import jwk
from registry.keys.algorithms import ED25519
from tests.api.signing import Signer

NAME = "node.jp.example"
MESSAGES = "/protocol/v1/messages"


def signer():
    """A new key, under its thumbprint."""
    made = Signer.new()
    made.key_id = jwk.thumbprint(ED25519, made.public)
    return made


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class OtherNode:
    """A node that keeps the registry JP-GX. `begun` is when its keys begin."""

    begun: object
    name: str = NAME
    url: str = "http://127.0.0.1:1"
    key: Signer = field(default_factory=signer)
    registry_key: Signer = field(default_factory=signer)
    registries: tuple = ("JP-GX",)
    more_keys: list = field(default_factory=list)

    def jwk(self, key, purpose, registry=None, **times):
        moments = {"valid_from": self.begun, "valid_to": None, "revoked_at": None, **times}
        told = {name: at and canonical.instant(at) for name, at in moments.items()}
        return {
            **jwk.public_jwk(ED25519, key.public),
            "kid": key.key_id,
            "use": "sig",
            "alg": "EdDSA",
            "concord": {
                "node": self.name,
                "registry": registry,
                "purpose": purpose,
                **told,
                "revocation_reason": "lost" if told["revoked_at"] else None,
            },
        }

    def card(self, *, keys=None, by=None, **changes):
        """The card; `keys` take the place of its own, `by` are the keys that sign it."""
        own = [
            self.jwk(self.key, "message"),
            *(self.jwk(self.registry_key, "issuance", code) for code in self.registries),
            *self.more_keys,
        ]
        card = {
            "format": "concord-card-1",
            "node": self.name,
            "url": self.url,
            "protocols": [1],
            "registries": [
                {"code": code, "jurisdiction": "JP", "name": code} for code in self.registries
            ],
            "keys": own if keys is None else keys,
            "made_at": canonical.instant(self.begun),
            **changes,
        }
        message = canonical.encode(card)
        signers = [self.key, self.registry_key] if by is None else by
        return {
            "card": card,
            "signatures": [
                {"key_id": each.key_id, "signature": encoded(each.private.sign(message))}
                for each in signers
            ],
        }

    def message(self, kind, body, *, to, at, **changes):
        return Message(
            **{
                "id": uuid.uuid4(),
                "kind": kind,
                "sender": self.name,
                "receiver": to,
                "sent_at": at,
                "body": body,
                **changes,
            }
        )

    def wrapped(self, message, key=None) -> bytes:
        """The body of the request that brings a message."""
        key = key or self.key
        signature = key.private.sign(envelope.encode(message))
        document = envelope.wrapped(message, key_id=key.key_id, signature=signature)
        return json.dumps(document).encode()

    def send(self, client, body, *, at, path=MESSAGES, key=None, **signed):
        """Posts a body, signed by the node's key as RFC 9421 has it."""
        key = key or self.key
        signed.setdefault("leave_out", ("idempotency-key",))
        headers = key.headers("POST", path, body, key="x", created=at, **signed)
        headers.pop("idempotency-key")
        return client.generic("POST", path, body, "application/json", headers=headers)

    def tell(self, client, kind, body, *, to, at, **changes):
        """Sends a message of this kind."""
        message = self.message(kind, body, to=to, at=at, **changes)
        return self.send(client, self.wrapped(message), at=at)


@contextmanager
def reached(node, *answers):
    """The node at an address of this machine: its card, and these answers in turn to what is
    posted, (status, problem or None), then 200; what it got is yielded."""
    got, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(200, canonical.encode(node.card()))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            status, problem = left.pop(0) if left else (200, None)
            told = {"outcome": "applied"} if problem is None else problem
            self.answer(status, json.dumps(told).encode(), problem is not None)

        def answer(self, status, body, is_problem=False):
            self.send_response(status)
            kind = "problem+json" if is_problem else "json"
            self.send_header("Content-Type", f"application/{kind}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    node.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def later(at, **delta):
    return at + timedelta(**delta)
