"""What answers say of transactions."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from .documents import BlockDocument, Hash, Number, StatusWord, Units, Word, printed

ADDRESS = {"type": ["string", "null"], "format": "uri-reference"}


class AnswerDocument(serializers.Serializer):
    """What a proposal was answered with. The payload hash is what an approver approves."""

    id = Number()
    type = serializers.CharField()
    registry = serializers.CharField()
    status = StatusWord()
    payload_hash = Hash(allow_null=True, help_text="Null where no approval is needed.")
    posting = Number(allow_null=True)
    proposed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="When the delay ends that has begun with the proposal."
    )


class PlaceDocument(serializers.Serializer):
    """The posting that a transaction made, and its place once it has one."""

    posting = Number(source="pk")
    position = Number(source="place.position", default=None, allow_null=True)
    instant = serializers.DateTimeField(source="place.instant", default=None, allow_null=True)
    recorded_at = serializers.DateTimeField()


class TransactionDocument(serializers.Serializer):
    """A proposal and what became of it."""

    id = Number(source="pk")
    type = serializers.CharField(source="type.code")
    type_version = serializers.IntegerField(source="type.version")
    registry = serializers.CharField(source="registry.code")
    status = StatusWord()
    proposer = serializers.CharField(source="proposer.username")
    reason = serializers.CharField()
    at = serializers.DateTimeField(help_text="The business time of the proposal.")
    proposed_at = serializers.DateTimeField()
    payload_hash = Hash(allow_null=True, help_text="Null where no approval is needed.")
    approvals_needed = serializers.IntegerField()
    execute_at = serializers.DateTimeField(
        allow_null=True, help_text="The moment before which it is not to be completed."
    )
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="When its delay ends, once that has begun."
    )
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When it ends if it still waits."
    )
    reverses = Number(source="reverses_id", allow_null=True)
    batch = Number(
        source="batch_item.batch_id",
        default=None,
        allow_null=True,
        help_text="What it is decided with, as one.",
    )
    posting = PlaceDocument(allow_null=True)


class LineDocument(serializers.Serializer):
    """One movement that was asked; the block is there when serials were named."""

    number = serializers.IntegerField()
    source = serializers.CharField(source="source.number", default=None, allow_null=True)
    destination = serializers.CharField(source="destination.number", default=None, allow_null=True)
    unit_type = serializers.CharField(source="unit_type.code")
    quantity = Units()
    minimum = Units()
    block = serializers.SerializerMethodField()
    serial = serializers.SerializerMethodField(help_text="The block as it is printed.")
    vintage_from = serializers.DateField(allow_null=True)
    entity = serializers.CharField(source="entity.code", default=None, allow_null=True)
    period = serializers.CharField()
    credited_tonnes = Units(allow_null=True)
    factor_version = serializers.CharField()

    @extend_schema_field({"oneOf": [{"$ref": "#/components/schemas/Block"}, {"type": "null"}]})
    def get_block(self, line):
        if line.first is None:
            return None
        return {
            "unit_type": line.unit_type.code,
            "first": str(line.first),
            "last": str(line.last),
        }

    def get_serial(self, line) -> str | None:
        if line.first is None:
            return None
        home = line.unit_type.registry.code
        return printed(home, line.unit_type.code, line.first, line.last)


class MovementDocument(serializers.Serializer):
    """Units that went from one account to another; null: from or to outside the registry."""

    source = serializers.CharField(allow_null=True)
    destination = serializers.CharField(allow_null=True)
    block = BlockDocument(source="*")
    serial = serializers.SerializerMethodField(help_text="The block as it is printed.")
    quantity = Units()

    def get_serial(self, move) -> str:
        return printed(move["home"], move["unit_type"], move["first"], move["last"])


class ReservedDocument(serializers.Serializer):
    """A block that no other transaction moves while this one waits."""

    account = serializers.CharField(source="account_number")
    unit_type = serializers.CharField(source="unit_type_code")
    first = Units()
    last = Units()
    serial = serializers.SerializerMethodField(help_text="The block as it is printed.")

    def get_serial(self, mark) -> str:
        return printed(mark.home_code, mark.unit_type_code, mark.first, mark.last)


class DecisionWord(Word):
    """What a person decided."""

    def __init__(self, **kwargs):
        super().__init__(["approve", "reject"], **kwargs)

    def to_representation(self, value):
        return "approve" if value else "reject"


class ApprovalDocument(serializers.Serializer):
    """One person's decision."""

    person = serializers.CharField(source="person.username")
    decision = DecisionWord(source="approved")
    payload_hash = Hash()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class EventDocument(serializers.Serializer):
    """A change of the transaction's status."""

    status = StatusWord()
    at = serializers.DateTimeField()
    person = serializers.CharField(source="person.username")
    reason = serializers.CharField()


class TransactionDetailDocument(TransactionDocument):
    """A transaction with its first lines and movements; the others are at their own addresses."""

    attributes = serializers.JSONField()
    lines = LineDocument(many=True, source="first_lines")
    movements = MovementDocument(many=True, source="first_movements")
    all_lines = serializers.SerializerMethodField(
        help_text="Where all lines are, when these are only the first."
    )
    all_movements = serializers.SerializerMethodField(
        help_text="Where all movements are, when these are only the first."
    )
    reserved = ReservedDocument(many=True, source="reserved_blocks")
    approvals = ApprovalDocument(many=True)
    events = EventDocument(many=True, source="timeline")

    @extend_schema_field(ADDRESS)
    def get_all_lines(self, found):
        return reverse("api:lines", args=[found.pk]) if found.has_more_lines else None

    @extend_schema_field(ADDRESS)
    def get_all_movements(self, found):
        return reverse("api:movements", args=[found.pk]) if found.has_more_movements else None
