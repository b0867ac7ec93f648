"""What answers say of comparisons with partners, and of their cases."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from linking.models import ReconciliationCase, ReconciliationRun
from registry.api.documents import Number, Word

from .documents import Plain

RANGES = {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}


@extend_schema_field(RANGES)
class Ranges(serializers.Field):
    """Runs of serials, [first, last] each."""

    def to_representation(self, value):
        return value


class DifferenceDocument(serializers.Serializer):
    """Serials that one side has more often than the other: 1 home, -1 the partner."""

    first = serializers.CharField()
    last = serializers.CharField()
    times = serializers.IntegerField()

    def to_representation(self, row):
        return dict(zip(("first", "last", "times"), row, strict=True))


class RunDocument(serializers.Serializer):
    """One comparison of one unit type with one partner."""

    id = Number(source="pk")
    registry = serializers.CharField(source="unit_type.registry.code")
    unit_type = serializers.CharField(source="unit_type.code")
    partner = serializers.CharField(source="partner.code")
    trigger = Word(ReconciliationRun.Trigger.values)
    result = Word(ReconciliationRun.Result.values)
    position = serializers.CharField(allow_null=True)
    partner_position = serializers.CharField(allow_null=True)
    units = serializers.CharField(allow_null=True, help_text="Expected with the partner.")
    partner_units = serializers.CharField(allow_null=True, help_text="Held by the partner.")
    on_the_way = serializers.CharField(help_text="Units that only one side has booked yet.")
    differences = DifferenceDocument(many=True)
    questions = serializers.IntegerField()
    bytes = serializers.CharField(source="size")
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    evidence = Plain()


class CaseDocument(serializers.Serializer):
    """What differs, which of it is frozen, and what is done about it."""

    id = Number(source="pk")
    kind = Word(ReconciliationCase.Kind.values)
    state = Word(ReconciliationCase.State.values)
    registry = serializers.CharField(source="registry.code")
    partner = serializers.CharField(source="partner.code")
    unit_type = serializers.CharField(source="unit_type.code")
    ranges = Ranges()
    units = serializers.CharField()
    evidence = Plain()
    freezes = serializers.ListField(child=serializers.CharField())
    repair = serializers.ChoiceField(
        ReconciliationCase.Repair.values, allow_blank=True, help_text="Empty: none is proposed."
    )
    reason = serializers.CharField()
    transactions = serializers.ListField(child=serializers.CharField(), source="postings")
    opened_at = serializers.DateTimeField()
    proposed_by = serializers.CharField(
        source="proposed_by.username", allow_null=True, default=None
    )
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(allow_null=True)
