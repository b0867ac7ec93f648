"""What answers say of transaction types and of their proposed versions."""

from rest_framework import serializers

from registry.models import TransactionType, TypeProposal

from .documents import Hash, Names, Number, Word


class BandDocument(serializers.Serializer):
    """Above so many units in all, so many approvals are needed."""

    above = serializers.IntegerField()
    approvals = serializers.IntegerField()


class TransactionTypeDocument(serializers.Serializer):
    """The version of a transaction type that is in force."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField()
    names = Names()
    registry = serializers.CharField(source="registry.code", default=None, allow_null=True)
    effect = serializers.CharField()
    source_kinds = serializers.ListField(child=serializers.CharField())
    destination_kinds = serializers.ListField(child=serializers.CharField())
    unit_kinds = serializers.ListField(child=serializers.CharField())
    roles = serializers.ListField(child=serializers.CharField())
    approver_roles = serializers.ListField(child=serializers.CharField())
    approvals = serializers.IntegerField()
    bands = BandDocument(many=True, allow_null=True)
    reason_required = serializers.BooleanField()
    expires_after_hours = serializers.IntegerField(allow_null=True)
    delay = Word(TransactionType.Delay.values)
    delay_days = serializers.IntegerField(help_text="Working days.")
    delay_hours = serializers.IntegerField(help_text="Working hours.")
    trusted_only = serializers.BooleanField()
    counts_per_day = serializers.BooleanField()
    pool = serializers.CharField()
    earliest_vintage = serializers.DateField(allow_null=True)
    latest_vintage = serializers.DateField(allow_null=True)
    reversible = serializers.BooleanField()
    reversal_days = serializers.IntegerField(allow_null=True)
    valid_from = serializers.DateTimeField()


class TransactionTypeDetailDocument(TransactionTypeDocument):
    """One transaction type; the next version that is proposed follows the latest."""

    latest_version = serializers.IntegerField()


class VersionStatusWord(Word):
    """Where a proposed version stands, as a word."""

    def __init__(self, **kwargs):
        super().__init__([status.name.lower() for status in TypeProposal.Status], **kwargs)

    def to_representation(self, value):
        return TypeProposal.Status(value).name.lower()


class TypeVersionDocument(serializers.Serializer):
    """A proposed version: the whole of its rules, and what was decided."""

    id = Number(source="pk")
    code = serializers.CharField()
    registry = serializers.CharField(source="registry.code", default=None, allow_null=True)
    rules = serializers.JSONField()
    valid_from = serializers.DateTimeField()
    reason = serializers.CharField()
    payload_hash = Hash()
    status = VersionStatusWord()
    proposer = serializers.CharField(source="proposer.username")
    proposed_at = serializers.DateTimeField()
    decider = serializers.CharField(source="decider.username", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField()
    version = serializers.IntegerField(source="version.version", default=None, allow_null=True)
