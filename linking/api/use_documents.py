"""What answers say of units that were used abroad, and of credits retired for a use elsewhere."""

from rest_framework import serializers

from linking.models import RetirementFor, UsedAbroad
from registry.api.documents import Number, Word

from .documents import Plain


class UseDocument(serializers.Serializer):
    """A run of serials of this node that another registry has used."""

    id = Number(source="pk")
    home = serializers.CharField(source="unit_type.registry.code")
    unit_type = serializers.CharField(source="unit_type.code")
    registry = serializers.CharField(
        source="registry.code", help_text="The registry in which the units were used."
    )
    first = serializers.CharField()
    last = serializers.CharField()
    quantity = serializers.CharField()
    use = Word(UsedAbroad.Kind.values)
    period = serializers.CharField()
    entity = serializers.CharField(help_text="Empty where it is not told.")
    posting = serializers.CharField(help_text="Its number in the registry that has used the units.")
    used_at = serializers.DateTimeField()
    message = serializers.UUIDField(
        source="message_id",
        allow_null=True,
        help_text="The message that says so; null where one node keeps both registries.",
    )
    undone_by = serializers.CharField(help_text="The posting that has undone it; empty: none.")
    undone_at = serializers.DateTimeField(allow_null=True)


class RetirementForDocument(serializers.Serializer):
    """A run of credits that is retired here for an account of another registry."""

    id = Number(source="pk")
    state = Word(RetirementFor.State.values)
    registry = serializers.CharField(source="unit_type.registry.code")
    unit_type = serializers.CharField(source="unit_type.code")
    first = serializers.CharField()
    last = serializers.CharField()
    quantity = serializers.CharField()
    acceptor = serializers.CharField(source="acceptor.code")
    destination = serializers.CharField(source="account")
    period = serializers.CharField(help_text="Empty: the calendar year.")
    transaction = serializers.CharField(source="transaction_id")
    message = serializers.UUIDField(
        source="message_id",
        allow_null=True,
        help_text="What the acceptor's node was told; null before, and where it is on this node.",
    )
    answer = Plain(help_text="What the acceptor has said.")
    ended_at = serializers.DateTimeField(allow_null=True)
