"""The card of a node: its signed description of itself, by which others pin it. Pure.

Format `concord-card-1`: canonical JSON (RFC 8785) of the node's name and address, the versions of
the protocol that it speaks, the registries that it keeps and all its keys; signed by the node's key
for messages and by the keys of its registries. docs/protocol.md says each member.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from registry import canonical
from registry.certificates import key_list
from registry.certificates.key_list import KeysMalformed, PublicKey
from registry.keys import text_forms

FORMAT = "concord-card-1"
MEMBERS = {"format", "node", "url", "protocols", "registries", "keys", "made_at"}
OF_A_REGISTRY = {"code", "jurisdiction", "name"}
# What people compare covers the keys that sign for the node and for its registries.
COMPARED = ("message", "issuance")
MOST_REGISTRIES = 1_000


class CardMalformed(ValueError):
    """What was given as a card is none; the text says why, in English."""


@dataclass(frozen=True)
class Card:
    """What a node says of itself. `signers` are the ids of those keys of the card that signed it;
    `registries` are its registries' codes; `text` is the whole document in canonical form."""

    node: str
    url: str
    protocols: tuple[int, ...]
    registries: tuple[str, ...]
    keys: dict[str, PublicKey]
    signers: frozenset[str]
    text: str

    def fingerprint(self, at: datetime) -> str:
        """What two persons compare on the telephone: SHA-256 of the name and of the keys in force
        at `at`, as 64 hexadecimal digits. It stays the same until a key is changed."""
        keys = sorted(
            key.key_id
            for key in self.keys.values()
            if key.purpose in COMPARED and in_force(key, at)
        )
        document = {"node": self.node, "keys": keys}
        return hashlib.sha256(canonical.encode(document)).hexdigest()


def in_force(key, at: datetime) -> bool:
    """Whether a key can sign at `at`: begun, not ended, not revoked by then."""
    return (
        key.valid_from <= at
        and (key.valid_to is None or at < key.valid_to)
        and (key.revoked_at is None or at < key.revoked_at)
    )


def read(document) -> Card:
    """The card that a document is, with the keys whose signatures under it hold.

    Raises: CardMalformed.
    """
    if not isinstance(document, dict) or document.keys() != {"card", "signatures"}:
        raise CardMalformed("a card has the members card and signatures")
    said = document["card"]
    if not isinstance(said, dict) or said.keys() != MEMBERS or said["format"] != FORMAT:
        raise CardMalformed(f"card is not of the format {FORMAT}")
    try:
        signed = canonical.encode(said)
        text = canonical.encode(document).decode()
        keys = key_list.parse(json.dumps({"keys": said["keys"]}).encode())
    except (KeysMalformed, ValueError, RecursionError) as error:
        raise CardMalformed(str(error)[:200]) from error
    for name in ("node", "url"):
        if not isinstance(said[name], str) or not 0 < len(said[name]) <= 200:
            raise CardMalformed(f"{name} is no text of 1 to 200 characters")
    protocols = said["protocols"]
    if not isinstance(protocols, list) or not all(type(each) is int for each in protocols):
        raise CardMalformed("protocols is no list of numbers")
    registries = tuple(_registries(said["registries"]))
    for key in keys.values():
        if key.node != said["node"] or (key.purpose == "issuance") != (key.registry is not None):
            raise CardMalformed(f"key {key.key_id} is not one of this node")
        if key.registry is not None and key.registry not in registries:
            raise CardMalformed(f"key {key.key_id} is of a registry that is not listed")
    signers = frozenset(_signers(document["signatures"], keys, signed))
    return Card(said["node"], said["url"], tuple(protocols), registries, keys, signers, text)


def _registries(listed):
    if not isinstance(listed, list) or len(listed) > MOST_REGISTRIES:
        raise CardMalformed("registries is no list")
    for each in listed:
        if not isinstance(each, dict) or each.keys() != OF_A_REGISTRY:
            raise CardMalformed("a registry has a code, a jurisdiction and a name")
        if not all(isinstance(value, str) for value in each.values()):
            raise CardMalformed("what is said of a registry is text")
        yield each["code"]


def _signers(listed, keys, signed):
    if not isinstance(listed, list):
        raise CardMalformed("signatures is no list")
    for each in listed:
        if not isinstance(each, dict) or each.keys() != {"key_id", "signature"}:
            raise CardMalformed("a signature has a key_id and a signature")
        if each["key_id"] not in keys:
            raise CardMalformed("a signature is by a key that is not listed")
        try:
            signature = text_forms.decode(each["signature"])
        except (ValueError, TypeError, AttributeError) as error:
            raise CardMalformed("a signature is no base64url text") from error
        if not keys[each["key_id"]].verifies(signed, signature):
            raise CardMalformed(f"the signature by {each['key_id']} is not one of this card")
        yield each["key_id"]
