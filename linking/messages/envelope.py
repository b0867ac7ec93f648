"""What every message between nodes has, its canonical bytes, and how it is read. Pure.

A message is a JSON object in canonical form (RFC 8785); the sending node's key signs these bytes,
and the signature is evidence that stays. It travels in an envelope with the key's id and the
signature. docs/protocol.md says each member.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from linking.edges.findings import Broken, Finding
from linking.edges.kinds import optional
from registry import canonical
from registry.keys import text_forms

from . import forms, values
from .bodies import ARTICLE6, BODIES
from .kinds import OF_TRANSFERS

FORMAT = "concord-message-1"
# The versions of the protocol that are spoken here, the newest last: N, and N - 1 where there is
# one.
PROTOCOLS = (1,)


class Malformed(Broken):
    """What came is no message, with everything that is wrong with it."""


@dataclass(frozen=True)
class Message:
    """`sender` and `receiver` are names of nodes; `about` is the message that this one answers.

    `transfer` is the name that its source gave to a transfer. `body` and `article6` are plain
    values, as they stand in the bytes.
    """

    id: UUID
    kind: str
    sender: str
    receiver: str
    sent_at: datetime
    body: dict
    transfer: UUID | None = None
    about: UUID | None = None
    article6: dict | None = None
    protocol: int = field(default=PROTOCOLS[-1])


@dataclass(frozen=True)
class Envelope:
    """A message as it travels: `key_id` names the key, `signature` has its bytes."""

    message: Message
    key_id: str
    signature: bytes


def as_document(message: Message) -> dict:
    """The members of a message, as plain values."""
    return {
        "format": FORMAT,
        "protocol": message.protocol,
        "id": str(message.id),
        "kind": str(message.kind),
        "from": message.sender,
        "to": message.receiver,
        "transfer": message.transfer and str(message.transfer),
        "about": message.about and str(message.about),
        "sent_at": canonical.instant(message.sent_at),
        "body": message.body,
        "article6": message.article6,
    }


def encode(message: Message) -> bytes:
    """The canonical bytes, which are signed and kept.   Raises: ValueError."""
    return canonical.encode(as_document(message))


def digest(message: Message) -> bytes:
    """SHA-256 of the canonical bytes, by which later messages name this one."""
    return hashlib.sha256(encode(message)).digest()


def wrapped(message: Message, *, key_id: str, signature: bytes) -> dict:
    """The envelope in which a message travels."""
    return {
        "message": as_document(message),
        "key_id": key_id,
        "signature": text_forms.encode(signature),
    }


def parse(data: bytes, *, at_most: int) -> dict:
    """The JSON object of a request's body, of `at_most` bytes.   Raises: Malformed."""
    try:
        document = canonical.read_object(data, at_most=at_most)
        canonical.encode(document)
    except (ValueError, RecursionError) as error:
        raise Malformed([Finding("NOT_CANONICAL_JSON")]) from error
    return document


def unwrapped(document: dict, bodies: Mapping = BODIES) -> Envelope:
    """What an envelope holds; its signature is not verified.

    Raises: Malformed, its pointers into the envelope.
    """
    # The message is read below, so that what is wrong with it is told with the rest.
    given = forms.Object(
        {"message": lambda _value: None, "key_id": values.encoded, "signature": values.encoded}
    )
    found = forms.findings(given, document)
    message = None
    if isinstance(document, dict) and "message" in document:
        try:
            message = read(document["message"], bodies)
        except Malformed as malformed:
            found += [Finding(f.code, f"/message{f.where}", f.data) for f in malformed.findings]
    if found:
        raise Malformed(found)
    return Envelope(message, document["key_id"], text_forms.decode(document["signature"]))


def read(document: dict, bodies: Mapping = BODIES) -> Message:
    """The message that a document is. `bodies` are the forms of the kinds that are expected.

    Raises: Malformed. What is of another version can not be judged further.
    """
    version = document.get("protocol") if isinstance(document, dict) else None
    if isinstance(version, int) and version not in PROTOCOLS:
        spoken = ", ".join(map(str, PROTOCOLS))
        raise Malformed([Finding("PROTOCOL_NOT_SPOKEN", "/protocol", {"spoken": spoken})])
    found = forms.findings(_form(document, bodies), document)
    if found:
        raise Malformed(found)
    return Message(
        id=UUID(document["id"]),
        kind=document["kind"],
        sender=document["from"],
        receiver=document["to"],
        transfer=document["transfer"] and UUID(document["transfer"]),
        about=document["about"] and UUID(document["about"]),
        sent_at=values.moment(document["sent_at"]),
        body=document["body"],
        article6=document["article6"],
        protocol=version,
    )


def _form(document, bodies):
    """The form of a message, by its kind."""
    kind = document.get("kind") if isinstance(document, dict) else None
    kind = kind if isinstance(kind, str) else None
    transfer = values.identifier if kind in OF_TRANSFERS else _nothing
    return forms.Object(
        {
            "format": values.choice(FORMAT),
            "protocol": values.ordinal,
            "id": values.identifier,
            "kind": _one_of(bodies),
            "from": values.text,
            "to": values.text,
            # What a message of an unknown kind speaks of is not known.
            "transfer": transfer if kind in bodies else optional(values.identifier),
            "about": optional(values.identifier),
            "sent_at": values.moment,
            "body": bodies.get(kind, values.plain_object),
            "article6": forms.OrNull(ARTICLE6),
        }
    )


def _one_of(bodies):
    def read_kind(value):
        if not (isinstance(value, str) and value in bodies):
            raise values.Unreadable("KIND_NOT_KNOWN", kind=str(value)[:40])
        return value

    return read_kind


def _nothing(value):
    if value is not None:
        raise values.Unreadable("WRONG_TYPE", wanted="null")
