"""What answers say of changes of reference data."""

from rest_framework import serializers

from registry import reference_tables
from registry.models import Operation, ReferenceChange, ReferenceTable

from .documents import Hash, Number, Word


class ReferenceChangeDocument(serializers.Serializer):
    """A change of one row that someone proposes and another person decides on."""

    id = Number(source="pk")
    table = Word(ReferenceTable.values)
    operation = Word(Operation.values)
    identity = serializers.CharField()
    old = serializers.SerializerMethodField(help_text="The row before; empty: a new row.")
    new = serializers.SerializerMethodField(help_text="The row after; empty: a deletion.")
    reason = serializers.CharField()
    source = serializers.CharField()
    payload_hash = Hash(help_text="What is approved.")
    status = Word(ReferenceChange.Status.values)
    proposer = serializers.CharField(source="proposer.username")
    proposed_at = serializers.DateTimeField()
    decider = serializers.CharField(source="decider.username", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField()

    def get_old(self, change) -> dict:
        return _said(change.table, change.old) or {}

    def get_new(self, change) -> dict:
        return _said(change.table, change.new) or {}


def _said(table, row):
    return reference_tables.said(reference_tables.TABLES[ReferenceTable(table)], row)
