"""What is signed and handed out, as plain documents: docs/signatures.md describes each field.

Numbers are text, moments are text in one form, and the signed bytes are the canonical JSON
(RFC 8785) of a document. Pure: rows come in as objects with the attributes that are named here.
"""

from registry import canonical
from registry.keys import text_forms

ISSUANCE = "concord-issuance-1"
CERTIFICATE = "concord-certificate-1"


def issuance(row, *, key, signed_at) -> dict:
    """What a registry says of an issuance when it signs it.

    `row` is an issuance with its unit type, that one's registry, and its posting; `key` has a key
    id and an algorithm.
    """
    return {
        "format": ISSUANCE,
        "registry": row.unit_type.registry.code,
        "unit_type": row.unit_type.code,
        "kind": row.unit_type.kind,
        "metric": row.unit_type.metric,
        "first": str(row.first),
        "last": str(row.last),
        "vintage": row.vintage_label,
        "vintage_from": row.vintage_from.isoformat(),
        "vintage_to": row.vintage_to.isoformat(),
        "usable_until": row.usable_until and row.usable_until.isoformat(),
        "legal_basis": row.legal_basis,
        "project": row.project,
        "activity": row.activity,
        "sector": row.sector,
        "mitigation_type": row.mitigation_type,
        "posting": str(row.posting_id),
        "issued_at": canonical.instant(row.posting.recorded_at),
        "key_id": key.key_id,
        "algorithm": key.algorithm,
        "signed_at": canonical.instant(signed_at),
    }


def certificate(signed: dict, signature: bytes, *, first: int, last: int) -> dict:
    """Where the units first..last come from: a signed issuance, and the range inside it."""
    return with_digest(
        {
            "format": CERTIFICATE,
            "issuance": signed,
            "signature": text_forms.encode(signature),
            "first": str(first),
            "last": str(last),
        }
    )


def with_digest(document: dict) -> dict:
    """The document with the SHA-256 of all its other members, so that any change shows."""
    return {**document, "digest": canonical.digest(document).hex()}


def without(document: dict, member: str) -> dict:
    """The document without one member: without its signature, what was signed."""
    return {name: value for name, value in document.items() if name != member}
