"""What answers say of representatives, requests, trusted accounts and stops."""

import base64

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.models import Account, AccountEvent, GovernanceRequest, Right

from .documents import Hash, Named, Number, Word


@extend_schema_field({"type": "string", "contentEncoding": "base64"})
class Base64(serializers.Field):
    """Bytes as base64."""

    def to_representation(self, value):
        return base64.b64encode(value).decode()


class RulesDocument(serializers.Serializer):
    """What a registry lays down for accounts and people: the version in force."""

    version = serializers.IntegerField()
    rights = serializers.ListField(child=Word(Right.values))
    most_representatives = serializers.IntegerField(
        help_text="Of one account at a time, without those who only read."
    )
    trusted_delay_days = serializers.IntegerField(
        help_text="Working days until an entry of a trusted account list counts."
    )
    stop_quorum = serializers.IntegerField(
        help_text="How many others must approve that a stop is lifted."
    )
    valid_from = serializers.DateTimeField()


class AccountClassDocument(Named):
    """What the registry's law calls a kind of account."""

    kind = Word(Account.Kind.values)
    per_holder = serializers.IntegerField(allow_null=True)


class RepresentativeDocument(serializers.Serializer):
    """A person who acts for an account, from `valid_from` until `valid_to`."""

    id = Number(source="pk")
    account = serializers.CharField(source="account.number")
    person = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person.display_name")
    right = Word(Right.values)
    valid_from = serializers.DateTimeField()
    valid_to = serializers.DateTimeField(allow_null=True)
    suspended_at = serializers.DateTimeField(allow_null=True)


class AccountEventDocument(serializers.Serializer):
    """What happened to an account besides its units."""

    id = Number(source="pk")
    kind = Word(AccountEvent.Kind.values)
    at = serializers.DateTimeField()
    person = serializers.CharField(source="person.username")
    reason = serializers.CharField()
    data = serializers.DictField()


class TrustedAccountDocument(serializers.Serializer):
    """An entry of a trusted account list. Provisional: counted with an unpublished calendar."""

    id = Number(source="pk")
    account = serializers.CharField(source="account.number")
    trusted = serializers.CharField(source="trusted.number")
    note = serializers.CharField()
    added_at = serializers.DateTimeField()
    trusted_from = serializers.DateTimeField()
    provisional = serializers.BooleanField()
    removed_at = serializers.DateTimeField(allow_null=True)


class RequestDecisionDocument(serializers.Serializer):
    person = serializers.CharField(source="person.username")
    approved = serializers.BooleanField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class AttachmentDocument(serializers.Serializer):
    """A document that belongs to a request; its content has an address of its own."""

    id = Number(source="pk")
    name = serializers.CharField()
    media_type = serializers.CharField()
    digest = Hash(help_text="SHA-256 of the content.")
    added_by = serializers.CharField(source="added_by.username")
    added_at = serializers.DateTimeField()


class ContentDocument(AttachmentDocument):
    """A document with its content."""

    content = Base64()


class RequestDocument(serializers.Serializer):
    """Something that one person asks for and others decide."""

    id = Number(source="pk")
    kind = Word(GovernanceRequest.Kind.values)
    registry = serializers.CharField(
        source="registry.code",
        default=None,
        allow_null=True,
        help_text="None where it concerns the whole node.",
    )
    account = serializers.CharField(source="account.number", default=None, allow_null=True)
    payload = serializers.DictField(help_text="What is asked for, in codes and numbers as text.")
    payload_hash = Hash(help_text="What those who decide approve.")
    reason = serializers.CharField()
    status = Word(GovernanceRequest.Status.values)
    approvals_needed = serializers.IntegerField()
    requested_by = serializers.CharField(source="requested_by.username")
    requested_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    opened_account = serializers.CharField(
        allow_null=True, help_text="The number of the account that it has opened."
    )
    decisions = RequestDecisionDocument(many=True, source="decisions.all")
    documents = AttachmentDocument(many=True, source="documents.all")
    shown = serializers.CharField(
        default=None,
        allow_null=True,
        help_text="Of the one-time password of a recovery or of a person who is added: the first "
        "part in the answer to who asks, the second in the answer to the last approval; never "
        "again.",
    )


class StopDocument(serializers.Serializer):
    """An emergency stop: of an account, a unit type, a subject that others know, or, without any
    of these, of the registry."""

    id = Number(source="pk")
    registry = serializers.CharField(source="registry.code")
    account = serializers.CharField(source="account.number", default=None, allow_null=True)
    unit_type = serializers.CharField(source="unit_type.code", default=None, allow_null=True)
    subject = serializers.CharField()
    reason = serializers.CharField()
    placed_by = serializers.CharField(source="placed_by.username")
    placed_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)
    lifted_by_request = Number(source="lifted_by_id", allow_null=True)
