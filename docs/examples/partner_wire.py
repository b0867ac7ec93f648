"""A node of docs/protocol.md, for partner.py: bytes, signatures, cards, inbox, outbox, HTTP.

The standard library and cryptography; nothing is known here of units.
"""

import base64
import hashlib
import json
import secrets
import threading
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SKEW, MOST_BYTES = timedelta(minutes=5), 16 * 2**20
COVERED = ["@method", "@target-uri", "content-digest"]
ABOUT = ["format", "protocol", "id", "kind", "from", "to", "transfer", "about", "sent_at"]
MEMBERS = [*ABOUT, "body", "article6"]
WRONG = (KeyError, ValueError, TypeError, AttributeError, RecursionError)


class Refused(Exception):
    """A request that is answered by a problem (RFC 9457)."""

    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def canonical(value) -> bytes:
    """RFC 8785, for what the protocol has: text, small integers, lists, objects, true, null."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def b64url(data) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(data) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_field(body) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def moment(at) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def parsed(data) -> dict:
    """JSON that has a canonical form: each member once, no fractions."""

    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member is named twice")
        return dict(pairs)

    def refuse(number):
        raise ValueError(f"{number} has no canonical form")

    return json.loads(data, object_pairs_hook=once, parse_float=refuse, parse_constant=refuse)


def in_force(key, at) -> bool:
    """Whether a key of a card could sign at a moment; moments compare as text."""
    told = key["concord"]
    ends = [told[name] for name in ("valid_to", "revoked_at") if told[name] is not None]
    return told["valid_from"] <= at and all(at < end for end in ends)


def fingerprint_of(card, at) -> str:
    keys = (key for key in card["keys"] if key["concord"]["purpose"] in ("message", "issuance"))
    ids = sorted(key["kid"] for key in keys if in_force(key, at))
    return sha256(canonical({"node": card["node"], "keys": ids}))


def signature_base(url, digest, parameters, covered=COVERED) -> bytes:
    values = {"@method": "POST", "@target-uri": url, "content-digest": digest}
    lines = [f'"{name}": {values.get(name, "")}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


class Key:
    """A private key, and its member of a card."""

    def __init__(self, private, purpose, since, **owner):
        self.private = private
        jwk = {"crv": "Ed25519", "kty": "OKP", "x": b64url(private.public_key().public_bytes_raw())}
        self.id = b64url(hashlib.sha256(canonical(jwk)).digest())
        told = dict.fromkeys(("valid_to", "revoked_at", "revocation_reason"))
        told |= {**owner, "purpose": purpose, "valid_from": since}
        self.member = {**jwk, "kid": self.id, "use": "sig", "alg": "EdDSA", "concord": told}

    def sign(self, data) -> str:
        return b64url(self.private.sign(data))


class Node:
    """Keys, peers, inbox and outbox; nothing is known here of units.

    `clock` gives the moment, `private` a key for each purpose. Who inherits has a method
    `hear_<kind>` for each kind of message and `answer_<kind>` for queries, and `undeliverable`.
    """

    def __init__(self, name, registry, *, url="", clock=None, private=None):
        self.name, self.registry, self.url = name, registry, url
        self.clock = clock or (lambda: datetime.now(UTC))
        since = moment(self.clock() - timedelta(days=60))
        self.key, self.issuer = (
            Key((private or {}).get(purpose) or Ed25519PrivateKey.generate(), purpose, since,
                node=name, registry=of)
            for purpose, of in (("message", None), ("issuance", registry))
        )  # fmt: skip
        self.peers, self.inbox, self.nonces, self.said, self.outbox = {}, {}, {}, {}, []
        self.lock = threading.RLock()

    def card(self) -> dict:
        listed = {"code": self.registry, "jurisdiction": self.registry[:2], "name": self.registry}
        keys = (self.key, self.issuer)
        card = {
            "format": "concord-card-1", "node": self.name, "url": self.url, "protocols": [1],
            "registries": [listed], "keys": [key.member for key in keys],
            "made_at": moment(self.clock()),
        }  # fmt: skip
        signed = [{"key_id": key.id, "signature": key.sign(canonical(card))} for key in keys]
        return {"card": card, "signatures": signed}

    def pin(self, document, fingerprint) -> str:
        """Takes another node's card whose fingerprint came by another way than the network."""
        card, keys = document["card"], {key["kid"]: key for key in document["card"]["keys"]}
        signed = any(
            each["key_id"] in keys
            and keys[each["key_id"]]["concord"]["purpose"] == "message"
            and holds(unb64url(keys[each["key_id"]]["x"]), unb64url(each["signature"]),
                      canonical(card))
            for each in document["signatures"]
        )  # fmt: skip
        if not signed or fingerprint_of(card, moment(self.clock())) != fingerprint:
            raise Refused(403, "CARD_REFUSED")
        self.peers[card["node"]] = {**card, "keys": keys}
        return card["node"]

    def peer_key(self, key_id, at) -> tuple[str, bytes]:
        """The name of the peer, and its key for messages that was in force at a moment."""
        for name, peer in self.peers.items():
            key = peer["keys"].get(key_id)
            if key and key["concord"]["purpose"] == "message" and in_force(key, at):
                return name, unb64url(key["x"])
        raise Refused(401, "PEER_UNKNOWN")

    def signed_headers(self, url, body) -> dict:
        """RFC 9421 and RFC 9530, as far as the protocol needs them."""
        digest, names = digest_field(body), " ".join(f'"{name}"' for name in COVERED)
        created, nonce = int(self.clock().timestamp()), secrets.token_urlsafe(16)
        parameters = f'({names});created={created};keyid="{self.key.id}";nonce="{nonce}"'
        signature = self.key.private.sign(signature_base(url, digest, parameters))
        return {
            "Content-Type": "application/json",
            "Content-Digest": digest,
            "Signature-Input": f"concord={parameters}",
            "Signature": f"concord=:{base64.b64encode(signature).decode()}:",
        }

    def sender_of(self, url, headers, body) -> str:
        """The peer that sends a request, now."""
        try:
            label, parameters = headers["Signature-Input"].split("=", 1)
            told = dict(part.split("=", 1) for part in parameters.split(";")[1:])
            created = datetime.fromtimestamp(int(told["created"]), UTC)
            key_id, nonce = told["keyid"].strip('"'), told["nonce"]
            digest = headers["Content-Digest"]
            signature = headers["Signature"].removeprefix(f"{label}=:").removesuffix(":")
            covered = parameters.split(")")[0].strip("(").replace('"', "").split()
            raw = base64.b64decode(signature)
        except WRONG as error:
            raise Refused(401, "SIGNATURE_INVALID") from error
        now = self.clock()
        if abs(now - created) > SKEW:
            raise Refused(401, "SIGNATURE_TIME")
        name, public = self.peer_key(key_id, moment(now))
        base = signature_base(url, digest, parameters, covered)
        if not set(COVERED) <= set(covered) or not holds(public, raw, base):
            raise Refused(401, "SIGNATURE_INVALID")
        if digest_field(body) not in digest:
            raise Refused(401, "BODY_CHANGED")
        with self.lock:
            self.nonces = {n: at for n, at in self.nonces.items() if abs(now - at) <= 2 * SKEW}
            if (key_id, nonce) in self.nonces:
                raise Refused(401, "SIGNATURE_REPLAYED")
            self.nonces[key_id, nonce] = now
        return name

    def opened(self, sender, body) -> dict:
        """The message of an envelope, its form and its signature looked at."""
        try:
            envelope = parsed(body)
            message, signature = envelope["message"], unb64url(envelope["signature"])
            key_id, ids = envelope["key_id"], [message[n] for n in ("id", "transfer", "about")]
            formed = (
                message.keys() == set(MEMBERS)
                and (message["format"], message["protocol"]) == ("concord-message-1", 1)
                and isinstance(message["body"], dict)
                and moment(datetime.fromisoformat(message["sent_at"])) == message["sent_at"]
                and all(each is None or str(uuid.UUID(each)) == each for each in ids)
            )
        except WRONG as error:
            raise Refused(400, "NOT_CANONICAL_JSON") from error
        if not formed:
            raise Refused(400, "UNKNOWN_FIELD")
        if message["from"] != sender:
            raise Refused(403, "MESSAGE_OF_ANOTHER")
        if message["to"] != self.name:
            raise Refused(422, "MESSAGE_FOR_ANOTHER")
        if not holds(self.peer_key(key_id, message["sent_at"])[1], signature, canonical(message)):
            raise Refused(403, "MESSAGE_SIGNATURE_INVALID")
        return message

    def receive(self, sender, body) -> str:
        """Keeps and applies a message, once."""
        message = self.opened(sender, body)
        with self.lock:
            known = self.inbox.get(message["id"])
            if known is None:
                self.called("hear_", message["kind"], sender, message)
                self.inbox[message["id"]] = sha256(canonical(message))
            elif known != sha256(canonical(message)):
                raise Refused(409, "MESSAGE_ID_REUSED")
        return "applied" if known is None else "known"

    def called(self, prefix, kind, sender, said):
        method = getattr(self, prefix + kind.replace("-", "_"), None)
        if method is None:
            raise Refused(400, "KIND_NOT_KNOWN")
        try:
            with self.lock:
                return method(sender, said)
        except WRONG as error:
            raise Refused(400, "FIELD_MISSING") from error

    def answered(self, sender, body) -> dict:
        """The envelope of the answer to a query."""
        asked = self.opened(sender, body)
        said = self.called("answer_", asked["kind"], sender, asked["body"])
        kind = asked["kind"] + "-answer"
        return self.envelope(self.written(sender, kind, said, None, asked["id"]))

    def say(self, to, kind, body, transfer=None, about=None) -> dict:
        """Puts a message into the outbox; one that was said before is said again as it was."""
        message = self.said.get((transfer, kind))
        if message is None or transfer is None or kind in ("status", "unknown"):
            message = self.written(to, kind, body, transfer, about)
            self.said[transfer, kind] = message
        self.outbox.append((to, message))
        return message

    def written(self, to, kind, body, transfer, about) -> dict:
        told = (str(uuid.uuid4()), kind, self.name, to, transfer, about, moment(self.clock()))
        return dict(zip(MEMBERS, ("concord-message-1", 1, *told, body, None), strict=True))

    def envelope(self, message) -> dict:
        signature = self.key.sign(canonical(message))
        return {"message": message, "key_id": self.key.id, "signature": signature}

    def deliver(self):
        """Tries everything in the outbox once, in order; what was not taken stays."""
        with self.lock:
            waiting, self.outbox = self.outbox, []
        left = [(to, message) for to, message in waiting if not self.delivered(to, message)]
        with self.lock:
            self.outbox = left + self.outbox

    def delivered(self, to, message) -> bool:
        url = self.peers[to]["url"].rstrip("/") + "/protocol/v1/messages"
        status, answer = post(url, canonical(self.envelope(message)), self.signed_headers)
        final = 400 <= status < 500 and status not in (401, 408, 425, 429) and "code" in answer
        if final:
            with self.lock:
                self.undeliverable(message, answer)
        return final or status == 200


def post(url, body, headers) -> tuple[int, dict]:
    """(status, JSON of the answer); status 0 where there is none."""
    request = urllib.request.Request(url, body, headers(url, body), method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        try:
            return error.code, json.loads(error.read())
        except ValueError:
            return error.code, {}
    except (OSError, ValueError):
        return 0, {}


def fetch(url) -> dict:
    """What everybody may read, such as a card.   Raises: OSError, ValueError."""
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310
        return json.loads(answer.read(MOST_BYTES))


def serve(partner, port):
    """An HTTP server of a partner, in a thread of its own."""
    paths = {"/protocol/v1/messages": "receive", "/protocol/v1/queries": "answered"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path == "/protocol/v1/card"
            self.answer(200 if found else 404, partner.card() if found else {})

        def do_POST(self):
            length = int(self.headers.get("Content-Length") or 0)
            try:
                if length > MOST_BYTES or self.path not in paths:
                    raise Refused(413 if self.path in paths else 404, "NOT_TAKEN")
                body = self.rfile.read(length)
                sender = partner.sender_of(partner.url + self.path, self.headers, body)
                said = getattr(partner, paths[self.path])(sender, body)
                self.answer(200, said if isinstance(said, dict) else {"outcome": said})
            except Refused as refusal:
                problem = {"type": "about:blank", "status": refusal.status, "code": refusal.code}
                self.answer(refusal.status, problem, "application/problem+json")

        def answer(self, status, document, kind="application/json"):
            data = canonical(document)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_words):
            """Nothing is written."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    partner.url = partner.url or f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
