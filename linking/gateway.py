"""The only place where links use the network: requests to peers, each with a signature of its own.

Peers are at addresses of the public network, or in the networks that
settings.CONCORD["PEER_NETWORKS"] names, and there also without TLS.
"""

import secrets
from dataclasses import dataclass, field

from django.conf import settings
from http_message_signatures import HTTPMessageSigner, algorithms

from registry import sending
from registry.keys import signing
from registry.sending import Answer

MESSAGES = "/protocol/v1/messages"
QUERIES = "/protocol/v1/queries"
CARD = "/protocol/v1/card"
COVERED = ("@method", "@target-uri")
NONCE_BYTES = 16
PROBLEM = "application/problem+json"


class NoAnswer(Exception):
    """A peer can not be reached, or not at this address; the text says why, in English."""


@dataclass
class Request:
    """A request in the form that the signing library takes."""

    method: str
    url: str
    headers: dict = field(default_factory=dict)


def send(url, path, body: bytes, *, key, at) -> Answer:
    """Posts to the node at `url`, signed by `key`, a record of this node's (RFC 9421).

    Raises: NoAnswer, KeyUnavailable.
    """
    request = Request("POST", url + path)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    prepared = signer.prepare(
        request,
        key_id=key.key_id,
        created=at,
        nonce=secrets.token_urlsafe(NONCE_BYTES),
        label="concord",
        covered_component_ids=COVERED,
        body=body,
    )
    signer.apply(request, prepared, signing.sign(key, prepared.signature_base))
    return _exchanged(request, body)


def fetch(url, path) -> Answer:
    """Asks for what everybody may read.   Raises: NoAnswer."""
    return _exchanged(Request("GET", url + path), None)


def read(url, path, *, secret) -> Answer:
    """Asks the API of a node, by a person's key.   Raises: NoAnswer."""
    told = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    return _exchanged(Request("GET", url + path, told), None)


def require_address(url) -> str:
    """An address as peers are kept by it.   Raises: NoAnswer."""
    url = url.rstrip("/")
    try:
        sending.require_form(url, allowed=settings.CONCORD["PEER_NETWORKS"])
    except sending.AddressRefused as error:
        raise NoAnswer(str(error)) from error
    return url


def _exchanged(request, body):
    most = settings.CONCORD["PEER_LIMITS"]["bytes"]
    try:
        to = sending.target(request.url, allowed=settings.CONCORD["PEER_NETWORKS"])
        answer = sending.exchange(
            to, request.method, body=body, headers=request.headers, most_read=most + 1
        )
    except (sending.AddressRefused, sending.NotSent) as error:
        raise NoAnswer(str(error)) from error
    if len(answer.body) > most:
        raise NoAnswer(f"the answer has more than {most} bytes")
    return answer
