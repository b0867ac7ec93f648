"""Requests of peers: who sends, whether the message is the peer's, whether there are too many.

The HTTP signature proves who sends this request now; the signature over the message proves who
said it, and is kept. Nothing of the body is looked at before the first holds, but for a card that
tells of a new key.
"""

import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from http_message_signatures import HTTPSignatureKeyResolver

from linking.errors import failure, refused_document
from linking.messages import envelope
from linking.messages.envelope import Malformed
from linking.models import Peer
from linking.selectors import peers
from linking.services import keep_peer
from linking.services.introduce_peer import MOST_OF_A_CARD
from registry.api import rate_limits, signed_requests
from registry.api.requests import body_of, header
from registry.errors import DomainError, NotPermitted, RuleViolated, Unavailable
from registry.keys.node import node_name

COVERED = ("@method", "@target-uri", "content-digest")
# A paused peer is told to try again after so long.
PAUSE_S = 60


class Signers(HTTPSignatureKeyResolver):
    """Finds the key of a peer by its id; remembers whose it is, or why it is refused."""

    def __init__(self, at, document):
        self.at, self.document = at, document
        self.peer = self.refusal = None

    def resolve_public_key(self, key_id):
        try:
            self.peer, key = self._found(key_id)
        except DomainError as error:
            self.refusal = error
            raise
        return Ed25519PublicKey.from_public_bytes(bytes(key.public_key))

    def resolve_private_key(self, key_id):
        raise NotImplementedError

    def _found(self, key_id):
        try:
            key = peers.signing_key(key_id)
        except NotPermitted:
            told = keep_peer.key_of_card(self.document(), key_id, self.at)
            if told is None:
                raise
            return told
        require_in_force(key, self.at)
        return key.peer, key


class PeerRequest:
    """A request whose sender is proved; `envelope` is what it brings, its signature verified."""

    def __init__(self, request, bodies, *, at):
        """Raises: DomainError (docs/errors.md, between nodes)."""
        self.at, self.request, self.bodies = at, request, bodies
        if header(request, "Signature-Input", None) is None:
            raise NotPermitted(failure("SIGNATURE_MISSING"))
        signers = Signers(at, self._document)
        result = signed_requests.proved(request, signers, needed=COVERED, at=at)
        self.peer = signers.peer
        require_room(self.peer)
        signed_requests.require_body(request, result, self._body())
        signed_requests.use_nonce_once(result, at=at)
        require_exchange(self.peer)
        self.envelope = self._read()
        self._require_own()

    def _body(self):
        return body_of(self.request, settings.CONCORD["PEER_LIMITS"]["bytes"])

    def _document(self):
        """The message as it came; nothing where it has no form, or is too long for a card."""
        body = self._body()
        if len(body) > MOST_OF_A_CARD:
            return None
        try:
            return envelope.parse(body, at_most=len(body)).get("message")
        except Malformed:
            return None

    def _read(self):
        body = self._body()
        try:
            return envelope.unwrapped(envelope.parse(body, at_most=len(body)), self.bodies)
        except Malformed as malformed:
            raise refused_document(malformed.findings) from malformed

    def _require_own(self):
        """The message is of the peer, to this node, and signed by a key of the peer's.

        Raises: NotPermitted (MESSAGE_OF_ANOTHER, MESSAGE_SIGNATURE_INVALID), RuleViolated
        (MESSAGE_FOR_ANOTHER).
        """
        given = self.envelope
        if given.message.sender != self.peer.name:
            raise NotPermitted(failure("MESSAGE_OF_ANOTHER", sender=given.message.sender[:200]))
        if given.message.receiver != node_name():
            raise RuleViolated(failure("MESSAGE_FOR_ANOTHER", node=node_name()))
        key = self._key()
        # What a key signed while it was in force stays signed, however late it comes.
        told_in_time = may_sign(key, given.message.sent_at) or may_sign(key, self.at)
        message = envelope.encode(given.message)
        if not told_in_time or not peers.verifies(key, message, given.signature):
            raise NotPermitted(failure("MESSAGE_SIGNATURE_INVALID", key=given.key_id))

    def _key(self):
        """Raises: NotPermitted (PEER_UNKNOWN, MESSAGE_SIGNATURE_INVALID)."""
        try:
            key = peers.signing_key(self.envelope.key_id)
        except NotPermitted:
            told = keep_peer.key_of_card(self._document(), self.envelope.key_id, self.at)
            if told is None:
                raise
            peer, key = told
        else:
            peer = key.peer
        if peer.pk != self.peer.pk:
            raise NotPermitted(failure("MESSAGE_SIGNATURE_INVALID", key=self.envelope.key_id))
        return key


def require_in_force(key, at) -> None:
    """Raises: NotPermitted (PEER_KEY_REVOKED, PEER_KEY_NOT_IN_FORCE)."""
    if key.revoked_at is not None and key.revoked_at <= at:
        raise NotPermitted(failure("PEER_KEY_REVOKED", key=key.key_id))
    if not may_sign(key, at):
        raise NotPermitted(failure("PEER_KEY_NOT_IN_FORCE", key=key.key_id))


def may_sign(key, at) -> bool:
    """Whether the key was in force at `at`, by a clock that may differ: while one key takes over
    from another, both sign."""
    if key.revoked_at is not None and key.revoked_at <= at:
        return False
    begun = key.valid_from - signed_requests.TOLERANCE <= at
    return begun and (key.valid_to is None or at < key.valid_to + signed_requests.TOLERANCE)


def require_exchange(peer) -> None:
    """Raises: NotPermitted (PEER_NOT_PINNED), Unavailable (PEER_PAUSED)."""
    if peer.state == Peer.State.PAUSED:
        raise Unavailable(failure("PEER_PAUSED", retry_after_s=str(PAUSE_S)))
    if peer.state != Peer.State.PINNED:
        raise NotPermitted(failure("PEER_NOT_PINNED", peer=peer.name))


def require_room(peer) -> None:
    """Counts the request; one peer's haste takes nothing from another's.

    Raises: Unavailable (PEER_FLOODS).
    """
    limit = settings.CONCORD["PEER_LIMITS"]["messages"]
    left, wait_s = rate_limits.counter.take(f"peer:{peer.pk}", limit, time.time())
    if left is None:
        raise Unavailable(failure("PEER_FLOODS", retry_after_s=str(wait_s), limit=str(limit)))
