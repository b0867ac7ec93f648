"""The keys of a node as they are published: JWKS (RFC 7517) with Ed25519 keys (RFC 8037). Pure.

All keys that ever were are listed, because what they signed is verified for ever. The member
`concord` of each says whose key it is, for what, and when it may sign.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from registry import canonical
from registry.keys import jwk
from registry.keys.algorithms import ALGORITHMS

from . import moments

MEMBER = "concord"
MOST_BYTES = 16 * 2**20


@dataclass(frozen=True)
class PublicKey:
    """A key to verify with. `registry` is None for a key of the node itself.

    It signs from `valid_from` until before `valid_to`; what it signed from `revoked_at` on is void.
    """

    key_id: str
    algorithm: str
    public_key: bytes
    node: str
    registry: str | None
    purpose: str
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None

    def verifies(self, message: bytes, signature: bytes) -> bool:
        return ALGORITHMS[self.algorithm].verify(self.public_key, signature, message)


class KeysMalformed(ValueError):
    """What was given as a list of keys is none; the text says why, in English."""


def document(records: Iterable) -> dict:
    """The JWKS of key records, in their order. `registry` of a record has a code, or is None."""
    return {"keys": [_member(record) for record in records]}


def parse(data: bytes) -> dict[str, PublicKey]:
    """The keys of a published list, by key id.

    Raises: KeysMalformed, also for a key whose id is not its thumbprint (RFC 7638).
    """
    if len(data) > MOST_BYTES:
        raise KeysMalformed(f"more than {MOST_BYTES} bytes")
    try:
        listed = json.loads(data)["keys"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KeysMalformed("there is no member keys") from error
    if not isinstance(listed, list):
        raise KeysMalformed("keys is no list")
    found = {}
    for number, member in enumerate(listed, 1):
        try:
            key = _parsed(member)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeysMalformed(f"key {number}: {error}") from error
        if found.setdefault(key.key_id, key) != key:
            raise KeysMalformed(f"key {number}: {key.key_id} is listed twice, differently")
    return found


def _member(record):
    public_key = bytes(record.public_key)
    return {
        **jwk.public_jwk(record.algorithm, public_key),
        "kid": record.key_id,
        "use": "sig",
        "alg": ALGORITHMS[record.algorithm].jose,
        MEMBER: {
            "node": record.node,
            "registry": record.registry and record.registry.code,
            "purpose": record.purpose,
            "valid_from": canonical.instant(record.valid_from),
            "valid_to": record.valid_to and canonical.instant(record.valid_to),
            "revoked_at": record.revoked_at and canonical.instant(record.revoked_at),
            "revocation_reason": record.revocation_reason or None,
        },
    }


def _parsed(member):
    algorithm, public_key = jwk.from_jwk(member)
    if member.get("kid") != jwk.thumbprint(algorithm, public_key):
        raise ValueError("kid is not the thumbprint of the key")
    told = member[MEMBER]
    for name in ("node", "purpose"):
        if not isinstance(told[name], str):
            raise TypeError(f"{name} is no text")
    if not isinstance(told["registry"], str | None):
        raise TypeError("registry is no text")
    return PublicKey(
        key_id=member["kid"],
        algorithm=algorithm,
        public_key=public_key,
        node=told["node"],
        registry=told["registry"],
        purpose=told["purpose"],
        valid_from=moments.read(told["valid_from"]),
        valid_to=_moment(told["valid_to"]),
        revoked_at=_moment(told["revoked_at"]),
    )


def _moment(written):
    return None if written is None else moments.read(written)
