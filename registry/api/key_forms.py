"""What is sent to make keys, and what is answered about them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.keys import text_forms
from registry.models import Scope

from . import fields
from .documents import Number

PUBLIC_KEY = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}


class KeyRequest(serializers.Serializer):
    """A key of a person. Without a public key the node makes a secret."""

    person = fields.Text(max_length=150, help_text="The person's username.")
    label = fields.Text(max_length=100)
    public_key = fields.PublicKey(
        required=False, help_text="Ed25519, 32 bytes as base64url without padding (RFC 8037, x)."
    )
    scopes = fields.Words(Scope.values, required=False, help_text="All of them when not given.")
    networks = fields.Texts(
        max_length=43, required=False, help_text="Addresses that may use it: 192.0.2.0/24."
    )
    expires_at = fields.Moment(required=False)


class RotationRequest(serializers.Serializer):
    """How long the old key goes on, and the new public half of a signing key."""

    overlap_s = fields.Number(required=False, help_text="Seconds; a day when not given.")
    public_key = fields.PublicKey(required=False)


@extend_schema_field(PUBLIC_KEY)
class PublicKeyText(serializers.Field):
    def to_representation(self, value):
        return text_forms.encode(bytes(value))


class KeyDocument(serializers.Serializer):
    """A key, without what proves it. `prefix` is the keyid of a key that signs."""

    id = Number(source="pk")
    person = serializers.CharField(source="person.username")
    label = serializers.CharField()
    prefix = serializers.CharField()
    public_key = PublicKeyText(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField())
    networks = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To within an hour.")
    replaces = Number(source="replaces_id", allow_null=True)


class NewKeyDocument(KeyDocument):
    """A new key, with the text of a secret, which is shown once."""

    text = serializers.CharField(allow_null=True)


def with_text(issued):
    """The new key with the text beside its columns."""
    issued.api_key.text = issued.text
    return issued.api_key
