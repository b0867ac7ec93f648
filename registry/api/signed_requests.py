"""HTTP Message Signatures (RFC 9421, Ed25519): each request proves who sent exactly this.

What must be covered, how old a signature may be, and that none is used twice, is decided here;
the signature base and the digest of the body are http_message_signatures'.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_lazy as _
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from registry.errors import DomainError, Failure, NotPermitted
from registry.selectors import keys
from registry.services.signatures import use_once

from .requests import body_of

# How far the clock of who signs may be from the node's, either way.
TOLERANCE = timedelta(minutes=5)
COVERED = ("@method", "@target-uri")
COVERED_BY_POSTS = ("content-digest", "idempotency-key")
LONGEST_NONCE = 200

REFUSALS = {
    "SIGNATURE_INVALID": (
        _("The signature is not one of this request by this key."),
        _("Compare the signature base with RFC 9421, section 2.5, and the key with the keyid."),
    ),
    "SIGNATURE_INCOMPLETE": (
        _("The signature does not cover all that it must."),
        _("Cover the components and set the parameters that data lists."),
    ),
    "SIGNATURE_TIME": (
        _("The signature was made too long ago, or by a clock that is not right."),
        _("Sign when you send, with a clock that is within 5 minutes of UTC."),
    ),
    "BODY_CHANGED": (
        _("The body is not the one that was signed."),
        _("Sign the digest of exactly the bytes that you send (RFC 9530)."),
    ),
}


@dataclass(frozen=True)
class Message:
    """A request in the form that the library takes."""

    method: str
    url: str
    headers: dict


class Verifier(HTTPMessageVerifier):
    """The times are compared here, after the signature, by the node's one clock."""

    max_clock_skew = timedelta(days=36_500)
    require_created = False


class Signers(HTTPSignatureKeyResolver):
    """Finds the public key by its keyid, and remembers whose it is or why it is refused."""

    def __init__(self, at, asked):
        self.at, self.asked = at, asked
        self.bearer = self.refusal = None

    def resolve_public_key(self, key_id):
        try:
            self.bearer = keys.signer(key_id, at=self.at, asked=self.asked)
        except DomainError as error:
            self.refusal = error
            raise
        return Ed25519PublicKey.from_public_bytes(self.bearer.api_key.public_key)

    def resolve_private_key(self, key_id):
        raise NotImplementedError


def verify(request, *, at, asked):
    """Who signed the request, as a Bearer.

    Raises: NotPermitted (SIGNATURE_INVALID, SIGNATURE_INCOMPLETE, SIGNATURE_TIME, BODY_CHANGED,
    SIGNATURE_REPLAYED, and the codes of keys), InvalidInput (BODY_TOO_LARGE).
    """
    signers = Signers(at, asked)
    posted = COVERED_BY_POSTS if request.method == "POST" else ()
    result = proved(request, signers, needed=(*COVERED, *posted), at=at)
    require_body(request, result, body_of(request))
    use_nonce_once(result, at=at)
    return signers.bearer


def proved(request, signers, *, needed, at):
    """The one signature of a request, made in time over all that is needed by a key that `signers`
    finds; `signers.refusal` is why it finds none. The body is not looked at.

    Raises: NotPermitted (SIGNATURE_INVALID, SIGNATURE_INCOMPLETE, SIGNATURE_TIME), the refusal.
    """
    verifier = Verifier(signature_algorithm=algorithms.ED25519, key_resolver=signers)
    try:
        (result,) = verifier.verify(_message(request), max_age=None)
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise signers.refusal or _refused("SIGNATURE_INVALID") from error
    _require_coverage(needed, result)
    _require_time(result.parameters, at)
    return result


def require_body(request, result, body: bytes) -> None:
    """The body is the one that was signed.   Raises: NotPermitted (BODY_CHANGED)."""
    verifier = Verifier(signature_algorithm=algorithms.ED25519, key_resolver=None)
    try:
        verifier.verify_body(_message(request), [result], body)
    except HTTPMessageSignaturesException as error:
        raise _refused("BODY_CHANGED") from error


def use_nonce_once(result, *, at) -> None:
    """What tells a signature from every other of its time is its key and its nonce.

    Raises: NotPermitted (SIGNATURE_REPLAYED).
    """
    use_once(f"{result.parameters['keyid']} {result.parameters['nonce']}".encode(), at=at)


def _message(request):
    return Message(request.method, request.build_absolute_uri(), dict(request.headers))


def _require_coverage(needed, result):
    covered = set(result.covered_components)
    missing = [name for name in needed if f'"{name}"' not in covered]
    missing += [name for name in ("created", "nonce") if name not in result.parameters]
    if len(result.parameters.get("nonce", "")) > LONGEST_NONCE:
        missing.append("nonce")
    if missing:
        raise _refused("SIGNATURE_INCOMPLETE", missing=missing)


def _require_time(parameters, at):
    created = datetime.fromtimestamp(parameters["created"], UTC)
    expires = parameters.get("expires")
    if abs(at - created) > TOLERANCE or (expires is not None and expires < at.timestamp()):
        raise _refused("SIGNATURE_TIME", now=at.isoformat(), created=created.isoformat())


def _refused(code, **data):
    message, hint = REFUSALS[code]
    return NotPermitted(Failure(code, message, hint, data=data))
