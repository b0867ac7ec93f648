"""What certificates and holding proofs say, for the API's description.

The answers themselves are canonical bytes; docs/signatures.md describes every member.
"""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from .documents import Hash, Number, Units


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"})
class Base64Url(serializers.CharField):
    """Bytes as base64url without padding."""


class SignedIssuanceDocument(serializers.Serializer):
    """What the registry signed: the canonical JSON (RFC 8785) of exactly these members."""

    format = serializers.CharField()
    registry = serializers.CharField()
    unit_type = serializers.CharField()
    kind = serializers.CharField()
    metric = serializers.CharField()
    first = Units()
    last = Units()
    vintage = serializers.CharField()
    vintage_from = serializers.DateField()
    vintage_to = serializers.DateField()
    usable_until = serializers.DateField(allow_null=True)
    legal_basis = serializers.CharField()
    project = serializers.CharField()
    activity = serializers.CharField()
    sector = serializers.CharField()
    mitigation_type = serializers.CharField()
    posting = Number()
    issued_at = serializers.DateTimeField()
    key_id = serializers.CharField(help_text="The thumbprint of the key (RFC 7638).")
    algorithm = serializers.CharField()
    signed_at = serializers.DateTimeField()


class CertificateDocument(serializers.Serializer):
    """A signed issuance, and a range inside it. `digest` is that of all other members."""

    format = serializers.CharField()
    issuance = SignedIssuanceDocument()
    signature = Base64Url()
    first = Units()
    last = Units()
    digest = Hash()


class HoldingSinceDocument(serializers.Serializer):
    """The posting that brought the units to the account, and its leaf in the log."""

    posting = Number()
    transaction = Number()
    position = Number()
    recorded_at = serializers.DateTimeField()
    leaf_hash = Hash()


class HoldingInclusionDocument(serializers.Serializer):
    """That the log has the leaf: hashes up to the root of a signed checkpoint (RFC 9162)."""

    index = Number(help_text="The number of the leaf, from 0.")
    hashes = serializers.ListField(child=Hash())
    checkpoint = serializers.CharField(help_text="A signed note (C2SP tlog-checkpoint).")


class HoldingProofDocument(serializers.Serializer):
    """At a position, one account held the whole block; the node signs all other members."""

    format = serializers.CharField()
    node = serializers.CharField()
    registry = serializers.CharField()
    unit_type = serializers.CharField()
    first = Units()
    last = Units()
    account = serializers.CharField()
    position = Number()
    instant = serializers.DateTimeField()
    since = HoldingSinceDocument()
    inclusion = HoldingInclusionDocument(
        allow_null=True, help_text="Null until a checkpoint covers the posting."
    )
    signed_at = serializers.DateTimeField()
    key_id = serializers.CharField(help_text="The thumbprint of the key (RFC 7638).")
    algorithm = serializers.CharField()
    signature = Base64Url()
