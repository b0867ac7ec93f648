"""Receipts: what the node promises as soon as a posting is committed.

A receipt names the leaf that the posting becomes and the moment by which a checkpoint covers it.
It is signed by the node's key for receipts; registry/certificates/verification.py judges it far
from the node. docs/log.md describes each member.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry import canonical
from registry.keys import text_forms

from .refused import Refused

FORMAT = "concord-receipt-1"
PROMISE = timedelta(seconds=60)
MEMBERS = (
    "format",
    "node",
    "posting",
    "transaction",
    "leaf_hash",
    "recorded_at",
    "log_by",
    "signed_at",
    "key_id",
    "algorithm",
    "signature",
)
NUMBER = re.compile(r"[1-9][0-9]{0,18}")
HASH = re.compile(r"[0-9a-f]{64}")
KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Promise:
    """What a receipt says. `leaf_hash` is 32 bytes; by `log_by` a checkpoint covers the leaf."""

    node: str
    posting: int
    transaction: int
    leaf_hash: bytes
    recorded_at: datetime
    log_by: datetime
    signed_at: datetime
    key_id: str
    algorithm: str
    signature: bytes


def unsigned(*, node, posting, leaf_hash, recorded_at, signed_at, key) -> dict:
    """The members of a receipt but its signature.

    `posting` is its number and its transaction's; `key` the id and the algorithm of the key.
    """
    number, transaction = posting
    key_id, algorithm = key
    return {
        "format": FORMAT,
        "node": node,
        "posting": str(number),
        "transaction": str(transaction),
        "leaf_hash": leaf_hash.hex(),
        "recorded_at": canonical.instant(recorded_at),
        "log_by": canonical.instant(recorded_at + PROMISE),
        "signed_at": canonical.instant(signed_at),
        "key_id": key_id,
        "algorithm": algorithm,
    }


def signed_bytes(document: dict) -> bytes:
    """The bytes that are signed: RFC 8785 of all members but the signature."""
    return canonical.encode({k: v for k, v in document.items() if k != "signature"})


def signed(document: dict, signature: bytes) -> dict:
    """The receipt: the document and its signature."""
    return {**document, "signature": text_forms.encode(signature)}


def read(document) -> Promise:
    """What a receipt says, its form checked and nothing verified.

    Raises: Refused (RECEIPT_MALFORMED) with the member that is wrong.
    """
    if type(document) is not dict or set(document) != set(MEMBERS):
        raise Refused("RECEIPT_MALFORMED", member=_odd_member(document))
    for name in MEMBERS:
        if type(document[name]) is not str or not document[name]:
            raise Refused("RECEIPT_MALFORMED", member=name)
    for name, form in (
        ("format", re.compile(FORMAT)),
        ("posting", NUMBER),
        ("transaction", NUMBER),
        ("leaf_hash", HASH),
        ("key_id", KEY_ID),
    ):
        if not form.fullmatch(document[name]):
            raise Refused("RECEIPT_MALFORMED", member=name)
    recorded_at = _instant(document, "recorded_at")
    if _instant(document, "log_by") != recorded_at + PROMISE:
        raise Refused("RECEIPT_MALFORMED", member="log_by")
    return Promise(
        node=document["node"],
        posting=int(document["posting"]),
        transaction=int(document["transaction"]),
        leaf_hash=bytes.fromhex(document["leaf_hash"]),
        recorded_at=recorded_at,
        log_by=recorded_at + PROMISE,
        signed_at=_instant(document, "signed_at"),
        key_id=document["key_id"],
        algorithm=document["algorithm"],
        signature=_signature(document),
    )


def _odd_member(document):
    """The first name that is missing or not known."""
    if type(document) is not dict:
        return ""
    missing = [name for name in MEMBERS if name not in document]
    return (missing or sorted(map(str, set(document) - set(MEMBERS))))[0]


def _instant(document, name):
    try:
        found = datetime.fromisoformat(document[name])
    except ValueError as error:
        raise Refused("RECEIPT_MALFORMED", member=name) from error
    # There is one way to write an instant; a text without its offset has none.
    if found.tzinfo is None or canonical.instant(found) != document[name]:
        raise Refused("RECEIPT_MALFORMED", member=name)
    return found


def _signature(document):
    try:
        return text_forms.decode(document["signature"])
    except ValueError as error:
        raise Refused("RECEIPT_MALFORMED", member="signature") from error
