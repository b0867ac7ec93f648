"""Holding proofs: at a position of the node's order, this account held this block. Pure.

The node's key for receipts signs the statement. It names the posting that brought the units, and,
once a checkpoint covers that posting, carries the proof that the log has its leaf.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from registry import canonical
from registry.log import checkpoint, note, verification
from registry.log.refused import Refused

from . import forms, moments
from .findings import Finding
from .signatures import Keys, signature_findings

FORMAT = "concord-holding-1"


@dataclass(frozen=True)
class Since:
    """The posting that brought the units to the account, and its leaf; the hash has 32 bytes."""

    posting: int
    transaction: int
    position: int
    recorded_at: datetime
    leaf_hash: bytes


@dataclass(frozen=True)
class Inclusion:
    """That the log has the leaf: its index, the hashes up to the root, a signed checkpoint."""

    index: int
    hashes: list[bytes]
    checkpoint: str


def since(posting: Since) -> dict:
    """The member `since` of a holding proof."""
    return {
        "posting": str(posting.posting),
        "transaction": str(posting.transaction),
        "position": str(posting.position),
        "recorded_at": canonical.instant(posting.recorded_at),
        "leaf_hash": posting.leaf_hash.hex(),
    }


def inclusion(proof: Inclusion | None) -> dict | None:
    """The member `inclusion` of a holding proof; null until a checkpoint covers the posting."""
    return proof and {
        "index": str(proof.index),
        "hashes": [value.hex() for value in proof.hashes],
        "checkpoint": proof.checkpoint,
    }


HOLDING = {
    "format": forms.text,
    "node": forms.name,
    "registry": forms.name,
    "unit_type": forms.name,
    "first": forms.serial,
    "last": forms.serial,
    "account": forms.name,
    "position": forms.number,
    "instant": forms.moment,
    "since": lambda value: isinstance(value, dict),
    "inclusion": lambda value: value is None or isinstance(value, dict),
    **forms.SIGNED,
    "signature": forms.encoded,
}
SINCE = {
    "posting": forms.number,
    "transaction": forms.number,
    "position": forms.number,
    "recorded_at": forms.moment,
    "leaf_hash": forms.digest,
}
INCLUSION = {
    "index": lambda value: value == "0" or forms.number(value),
    "hashes": lambda value: isinstance(value, list) and all(map(forms.digest, value)),
    "checkpoint": forms.name,
}


def wrong_members(document: dict) -> Iterator[str]:
    yield from forms.wrong_members(document, HOLDING)
    for member, known in (("since", SINCE), ("inclusion", INCLUSION)):
        if isinstance(document.get(member), dict):
            yield from forms.wrong_members(document[member], known, f"{member}.")


def wrong(document: dict, keys: Keys) -> Iterator[Finding]:
    first, last = int(document["first"]), int(document["last"])
    if last < first or int(document["position"]) < int(document["since"]["position"]):
        yield Finding("HOLDING_CONTRADICTS_ITSELF")
    if document["inclusion"] is not None:
        try:
            _require_inclusion(document, keys)
        except Refused as refusal:
            yield Finding("LEAF_NOT_PROVED", {"reason": refusal.code})
    signed = {name: value for name, value in document.items() if name != "signature"}
    owner = {"purpose": "receipt", "registry": None, "node": document["node"]}
    yield from signature_findings(signed, document["signature"], keys, owner)


def says(document: dict) -> dict:
    names = ("registry", "unit_type", "first", "last", "account", "position", "instant")
    told = {name: document[name] for name in names}
    return {
        **told,
        "since_posting": document["since"]["posting"],
        "node": document["node"],
        "in_the_log": "yes" if document["inclusion"] else "not yet",
        "signed_at": document["signed_at"],
        "key_id": document["key_id"],
    }


def _require_inclusion(document, keys):
    """Raises: Refused, unless a key of the node's log has signed a tree with the leaf."""
    proof, signed_at = document["inclusion"], moments.read(document["signed_at"])
    verifiers = [
        note.Verifier(key.node, key.algorithm, key.public_key)
        for key in keys.values()
        if (key.purpose, key.node) == ("log", document["node"])
        # A checkpoint tells no time. It was there when the statement was signed, so a key that
        # was revoked by then can not be relied on.
        and (key.revoked_at is None or key.revoked_at > signed_at)
    ]
    found = checkpoint.opened(
        proof["checkpoint"].encode(), origin=document["node"], verifiers=verifiers
    )
    verification.inclusion(
        index=int(proof["index"]),
        size=found.size,
        leaf=bytes.fromhex(document["since"]["leaf_hash"]),
        proof=[bytes.fromhex(value) for value in proof["hashes"]],
        root=found.root,
    )
