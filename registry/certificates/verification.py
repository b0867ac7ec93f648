"""Verification of what a node handed out, with nothing but the document and public keys. Pure.

No database, no network, no settings, no clock: whether a key was valid is judged at the moment of
signing, which is among the signed bytes. All that is wrong is told together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from registry import canonical
from registry.log import receipt
from registry.log.refused import Refused

from . import documents, forms, holding
from .findings import Finding
from .signatures import Keys, signature_findings

MOST_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Verdict:
    """What a document says, by name, and all that is wrong with it: nothing, if it holds."""

    format: str
    says: dict = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.findings


def verify(data: bytes, keys: Keys) -> Verdict:
    """The verdict on a document's bytes, as they were received.

    `keys` are those of a published list (key_list.parse). A single line feed at the end, which
    some programs add to a file, is no part of the document; any other change of a byte is found.
    """
    try:
        document = canonical.read_object(data, at_most=MOST_BYTES)
    except (ValueError, RecursionError):
        return Verdict("", findings=(Finding("DOCUMENT_MALFORMED"),))
    known = FORMATS.get(document.get("format") if _has_format(document) else None)
    if known is None:
        shown = str(document.get("format"))[:40]
        return Verdict("", findings=(Finding("DOCUMENT_FORMAT_UNKNOWN", {"format": shown}),))
    try:
        is_canonical = canonical.encode(document) == data.removesuffix(b"\n")
    except (ValueError, RecursionError):
        # Nothing that has no canonical form was ever signed.
        return Verdict(document["format"], findings=(Finding("DOCUMENT_NOT_CANONICAL"),))
    found = [] if is_canonical else [Finding("DOCUMENT_NOT_CANONICAL")]
    malformed = [
        Finding("DOCUMENT_MEMBER_WRONG", {"member": member})
        for member in known.wrong_members(document)
    ]
    # What is not well formed can not be judged further.
    found += malformed or known.wrong(document, keys)
    return Verdict(document["format"], known.says(document) if not malformed else {}, tuple(found))


@dataclass(frozen=True)
class Format:
    """How documents of a format are judged.

    `wrong_members` yields names; `wrong` (document, keys) yields findings about a well-formed
    document; `says` gives what a reader wants to know of it.
    """

    wrong_members: Callable[[dict], Iterator[str]]
    wrong: Callable[[dict, Keys], Iterator[Finding]]
    says: Callable[[dict], dict]


def _certificate_members(document):
    yield from forms.wrong_members(document, forms.CERTIFICATE)
    if isinstance(document.get("issuance"), dict):
        yield from forms.wrong_members(document["issuance"], forms.ISSUANCE, "issuance.")


def _certificate_wrong(document, keys):
    signed = document["issuance"]
    if canonical.digest(documents.without(document, "digest")).hex() != document["digest"]:
        yield Finding("DOCUMENT_ALTERED")
    first, last = int(document["first"]), int(document["last"])
    if not int(signed["first"]) <= first <= last <= int(signed["last"]):
        yield Finding(
            "RANGE_OUTSIDE_ISSUANCE",
            {
                "first": document["first"],
                "last": document["last"],
                "issued_first": signed["first"],
                "issued_last": signed["last"],
            },
        )
    owner = {"purpose": "issuance", "registry": signed["registry"]}
    yield from signature_findings(signed, document["signature"], keys, owner)


def _certificate_says(document):
    signed = document["issuance"]
    return {
        "unit_type": signed["unit_type"],
        "first": document["first"],
        "last": document["last"],
        "registry": signed["registry"],
        "vintage": signed["vintage"],
        "issued_at": signed["issued_at"],
        "signed_at": signed["signed_at"],
        "key_id": signed["key_id"],
    }


def _receipt_members(document):
    try:
        receipt.read(document)
    except Refused as refusal:
        yield refusal.data["member"]


def _receipt_wrong(document, keys):
    owner = {"purpose": "receipt", "registry": None, "node": document["node"]}
    signed = documents.without(document, "signature")
    yield from signature_findings(signed, document["signature"], keys, owner)


def _receipt_says(document):
    names = ("node", "posting", "transaction", "recorded_at", "leaf_hash", "log_by", "signed_at")
    return {name: document[name] for name in (*names, "key_id")}


FORMATS = {
    documents.CERTIFICATE: Format(_certificate_members, _certificate_wrong, _certificate_says),
    receipt.FORMAT: Format(_receipt_members, _receipt_wrong, _receipt_says),
    holding.FORMAT: Format(holding.wrong_members, holding.wrong, holding.says),
}


def _has_format(document):
    return isinstance(document.get("format"), str)
