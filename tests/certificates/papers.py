"""Keys, certificates and receipts that are made without a node, for tests of their verification."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry import canonical
from registry.certificates import documents, holding, key_list
from registry.keys import jwk, text_forms
from registry.log import checkpoint, note, receipt
from registry.log.hashing import leaf_hash, node_hash

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NODE = "registry.example"


@dataclass
class Signer:
    """A key pair with its record, as a node would keep it."""

    purpose: str = "issuance"
    registry: str | None = "KR-ETRS"
    node: str = NODE
    valid_from: datetime = AT - timedelta(days=1)
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    private_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    algorithm: str = "Ed25519"

    @property
    def public_key(self):
        return self.private_key.public_key().public_bytes_raw()

    @property
    def key_id(self):
        return jwk.thumbprint(self.algorithm, self.public_key)

    def record(self):
        return SimpleNamespace(
            key_id=self.key_id,
            algorithm=self.algorithm,
            public_key=self.public_key,
            node=self.node,
            registry=self.registry and SimpleNamespace(code=self.registry),
            purpose=self.purpose,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            revoked_at=self.revoked_at,
            revocation_reason="lost" if self.revoked_at else "",
        )


def of_the_node(purpose="receipt", **given):
    return Signer(purpose=purpose, registry=None, **given)


def published(*signers) -> bytes:
    """The list of keys as it is published."""
    return canonical.encode(key_list.document(signer.record() for signer in signers))


def keys(*signers):
    return key_list.parse(published(*signers))


def issued(first=1, last=1000, **changes):
    """An issuance as a row of the ledger has it."""
    return SimpleNamespace(
        **{
            "unit_type": SimpleNamespace(
                registry=SimpleNamespace(code="KR-ETRS"),
                code="KAU",
                kind="allowance",
                metric="tCO2e",
            ),
            "first": first,
            "last": last,
            "vintage_label": "2025",
            "vintage_from": date(2025, 1, 1),
            "vintage_to": date(2026, 1, 1),
            "usable_until": None,
            "legal_basis": "배출권거래법 제12조",
            "project": "",
            "activity": "",
            "sector": "",
            "mitigation_type": "",
            "posting_id": 7,
            "posting": SimpleNamespace(recorded_at=AT - timedelta(seconds=1)),
            **changes,
        }
    )


def certificate(signer, *, first=10, last=20, signed_at=AT, issuance=None) -> dict:
    signed = documents.issuance(issuance or issued(), key=signer, signed_at=signed_at)
    signature = signer.private_key.sign(canonical.encode(signed))
    return documents.certificate(signed, signature, first=first, last=last)


def a_receipt(signer, *, signed_at=AT) -> dict:
    told = receipt.unsigned(
        node=NODE,
        posting=(7, 8),
        leaf_hash=bytes(range(32)),
        recorded_at=AT - timedelta(seconds=1),
        signed_at=signed_at,
        key=(signer.key_id, signer.algorithm),
    )
    return receipt.signed(told, signer.private_key.sign(receipt.signed_bytes(told)))


def changed(document, **members) -> dict:
    """A certificate with other members, and a digest that is true of them again."""
    return documents.with_digest(documents.without({**document, **members}, "digest"))


def resigned(document, **members) -> bytes:
    """A certificate whose issuance says something else, under the signature of what it said."""
    return canonical.encode(changed(document, issuance={**document["issuance"], **members}))


def with_signature(document, signature: bytes) -> dict:
    return changed(document, signature=text_forms.encode(signature))


class LittleLog:
    """A log of a few leaves, with what signs it."""

    def __init__(self, signer, leaves):
        self.signer = signer
        self.leaves = leaves

    def checkpoint(self) -> str:
        by = note.Verifier(self.signer.node, self.signer.algorithm, self.signer.public_key)
        told = checkpoint.Checkpoint(self.signer.node, len(self.leaves), self._root(self.leaves))
        return note.sign(told.text, by, self.signer.private_key.sign)

    def path(self, index) -> list[bytes]:
        """The hashes from the leaf's sibling up, by the recursion of RFC 9162, 2.1.3.1."""
        return self._path(index, self.leaves)

    def _path(self, index, leaves):
        if len(leaves) == 1:
            return []
        split = 1 << (len(leaves) - 1).bit_length() - 1
        if index < split:
            return [*self._path(index, leaves[:split]), self._root(leaves[split:])]
        return [*self._path(index - split, leaves[split:]), self._root(leaves[:split])]

    def _root(self, leaves):
        if len(leaves) == 1:
            return leaves[0]
        split = 1 << (len(leaves) - 1).bit_length() - 1
        return node_hash(self._root(leaves[:split]), self._root(leaves[split:]))


def holding_proof(signer, log=None, *, index=2, signed_at=AT, **changes) -> dict:
    """What the node says of a block; `log` is where the leaf of its posting is."""
    leaf = log.leaves[index] if log else bytes(range(32))
    statement = {
        "format": holding.FORMAT,
        "node": NODE,
        "registry": "KR-ETRS",
        "unit_type": "KAU",
        "first": "10",
        "last": "20",
        "account": "KR-ETRS-0000007-11",
        "position": "9",
        "instant": canonical.instant(AT),
        "since": holding.since(holding.Since(7, 8, 5, AT - timedelta(seconds=1), leaf)),
        "inclusion": holding.inclusion(
            log and holding.Inclusion(index, log.path(index), log.checkpoint())
        ),
        "key_id": signer.key_id,
        "algorithm": signer.algorithm,
        "signed_at": canonical.instant(signed_at),
        **changes,
    }
    signature = signer.private_key.sign(canonical.encode(statement))
    return {**statement, "signature": text_forms.encode(signature)}


def five_leaves(signer) -> LittleLog:
    return LittleLog(signer, [leaf_hash(bytes([n])) for n in range(5)])
