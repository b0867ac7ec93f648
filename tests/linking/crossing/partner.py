"""The other node, played by a test: it holds the keys of node far.example, and speaks messages."""

import json
import uuid
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linking.messages import envelope
from linking.messages.envelope import Envelope, Message
from linking.models import OutboxMessage, Peer, PeerKey, PeerRegistry
from linking.services.receive_message import receive_message
from registry import canonical
from registry.certificates import documents
from registry.keys import jwk
from registry.keys.node import node_name
from registry.log import receipt as receipts
from registry.models import Account

NAME = "far.example"

PURPOSES = ("message", "issuance", "receipt")


@dataclass
class Far:
    """A pinned peer that keeps JP-GX, and whatever it says."""

    world: object
    peer: Peer
    keys: dict = field(default_factory=dict)

    def hear(self, kind, body, *, transfer, about=None, at=None, message_id=None, article6=None):
        """This node receives a message; what became of it."""
        at = at or self.world.at
        message = Message(
            id=message_id or uuid.uuid4(),
            kind=str(kind),
            sender=NAME,
            receiver=node_name(),
            sent_at=at,
            body=body,
            transfer=transfer,
            about=about,
            article6=article6,
        )
        # What a far node could not send must not pass here either.
        read = envelope.read(envelope.as_document(message))
        signature = self.sign("message", envelope.encode(read))
        given = Envelope(read, self.key_id("message"), signature)
        return receive_message(self.peer, given, at=at), envelope.digest(read).hex()

    def told(self, kind=None):
        """What this node has told the far one of transfers: the kinds in order; of one kind its
        bodies."""
        rows = OutboxMessage.objects.filter(peer=self.peer, transfer__isnull=False)
        rows = rows.order_by("created_at", "pk")
        said = [envelope.read(canonical_of(row)) for row in rows]
        if kind is None:
            return [message.kind for message in said]
        return [message.body for message in said if message.kind == kind]

    def digest(self, kind):
        """Of the last message of a kind that this node has sent."""
        row = OutboxMessage.objects.filter(peer=self.peer, kind=kind).order_by("created_at").last()
        return bytes(row.digest).hex()

    def sign(self, purpose, message):
        return self.keys[purpose].sign(message)

    def key_id(self, purpose):
        return jwk.thumbprint("Ed25519", public(self.keys[purpose]))

    def certificate(self, first, last, *, issued=(1, 1000), year=2026, **changes):
        """Of GXA that JP-GX has issued."""
        signed = {
            "format": documents.ISSUANCE,
            "registry": "JP-GX",
            "unit_type": "GXA",
            "kind": "allowance",
            "metric": "tCO2e",
            "first": str(issued[0]),
            "last": str(issued[1]),
            "vintage": str(year),
            "vintage_from": f"{year}-01-01",
            "vintage_to": f"{year + 1}-01-01",
            "usable_until": None,
            "legal_basis": "",
            "project": "",
            "activity": "",
            "sector": "",
            "mitigation_type": "",
            "posting": "7",
            "issued_at": canonical.instant(self.world.at),
            "key_id": self.key_id("issuance"),
            "algorithm": "Ed25519",
            "signed_at": canonical.instant(self.world.at),
            **changes,
        }
        signature = self.sign("issuance", canonical.encode(signed))
        return documents.certificate(signed, signature, first=first, last=last)

    def block(self, first, last):
        proof = self.certificate(first, last)
        return {"first": str(first), "last": str(last), "certificate": proof}

    def receipt(self, posting):
        """What the far node promises of a posting."""
        unsigned = receipts.unsigned(
            node=NAME,
            posting=(int(posting), 12),
            leaf_hash=bytes(32),
            recorded_at=self.world.at,
            signed_at=self.world.at,
            key=(self.key_id("receipt"), "Ed25519"),
        )
        return receipts.signed(unsigned, self.sign("receipt", receipts.signed_bytes(unsigned)))

    def proposal(self, version, *, blocks=((1, 100),), quantity=None, **changes):
        """What the far node proposes: GXA of its operator to operator A here."""
        account = Account.objects.get(pk=self.world.at_home.operator_a)
        units = sum(last - first + 1 for first, last in blocks)
        return {
            "agreement": version.agreement.code,
            "version": version.number,
            "digest": bytes(version.digest).hex(),
            "edge": "JP>KR",
            "method": "recognition",
            "source": {
                "registry": "JP-GX",
                "account": "JP-GX-0000001-88",
                "holder_class": "covered",
            },
            "destination": {"registry": "KR-ETRS", "account": account.number},
            "unit_type": "GXA",
            "quantity": str(quantity or units),
            "period": "2026",
            "blocks": [
                {
                    "first": str(first),
                    "last": str(last),
                    "certificate": self.certificate(first, last),
                }
                for first, last in blocks
            ],
            "expires_at": canonical.instant(self.world.at.replace(day=20)),
            **changes,
        }


def canonical_of(row):
    return json.loads(row.text)


def public(key) -> bytes:
    return key.public_key().public_bytes_raw()


def far(world) -> Far:
    """The peer, pinned by a second person, with its keys and its registry."""
    keys = {purpose: Ed25519PrivateKey.generate() for purpose in PURPOSES}
    peer = Peer.objects.create(
        name=NAME,
        url="https://far.example",
        card="{}",
        introduced_by_id=world.administrator_1.person_id,
        introduced_at=world.at,
        not_before=world.at,
        leased_until=world.at,
    )
    for purpose, key in keys.items():
        PeerKey.objects.create(
            peer=peer,
            registry=world.overseas if purpose == "issuance" else None,
            purpose=purpose,
            key_id=jwk.thumbprint("Ed25519", public(key)),
            algorithm="Ed25519",
            public_key=public(key),
            valid_from=world.at.replace(year=2025),
        )
    PeerRegistry.objects.create(peer=peer, registry=world.overseas)
    Peer.objects.filter(pk=peer.pk).update(
        state="pinned",
        confirmation="person",
        pinned_by=world.administrator_2.person_id,
        pinned_at=world.at,
    )
    peer.refresh_from_db()
    return Far(world, peer, keys)
