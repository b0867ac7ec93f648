"""What can be wrong with a signature over a document that names its key, or with the key. Pure."""

from collections.abc import Iterator

from registry import canonical
from registry.keys import text_forms

from . import moments
from .findings import Finding
from .key_list import PublicKey

Keys = dict[str, PublicKey]


def signature_findings(signed: dict, signature: str, keys: Keys, owner: dict) -> Iterator[Finding]:
    """Whatever is wrong; nothing, if the signature holds.

    `owner` tells what the key must be: its purpose, and its registry or its node. It is judged at
    the moment of signing, which is among the signed bytes.
    """
    key = keys.get(signed["key_id"])
    if key is None:
        yield Finding("SIGNER_UNKNOWN", {"key": signed["key_id"]})
        return
    told = {"key": key.key_id, "signed_at": signed["signed_at"]}
    is_of = {name: getattr(key, name) for name in owner}
    if is_of != owner or signed["algorithm"] != key.algorithm:
        name = owner.get("registry") or owner.get("node")
        yield Finding("SIGNER_WITHOUT_RIGHT", {**told, "owner": name})
    signed_at = moments.read(signed["signed_at"])
    if signed_at < key.valid_from:
        begins = canonical.instant(key.valid_from)
        yield Finding("SIGNER_NOT_YET_VALID", {**told, "valid_from": begins})
    if key.valid_to is not None and signed_at >= key.valid_to:
        yield Finding("SIGNER_EXPIRED", {**told, "valid_to": canonical.instant(key.valid_to)})
    if key.revoked_at is not None and signed_at >= key.revoked_at:
        revoked = canonical.instant(key.revoked_at)
        yield Finding("SIGNER_REVOKED", {**told, "revoked_at": revoked})
    if not key.verifies(canonical.encode(signed), text_forms.decode(signature)):
        yield Finding("SIGNATURE_WRONG", told)
