"""What the feed and webhooks say of a posting."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from .documents import Number


class FeedItemDocument(serializers.Serializer):
    """A posting in the node's order; what it moved is at the address in `movements`."""

    position = Number(source="pk")
    instant = serializers.DateTimeField()
    posting = Number(source="posting_id")
    kind = serializers.CharField(source="posting.kind")
    recorded_at = serializers.DateTimeField(source="posting.recorded_at")
    registry = serializers.CharField(source="posting.transaction.registry.code")
    transaction = Number(source="posting.transaction_id")
    type = serializers.CharField(source="posting.transaction.type.code")
    movements = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_movements(self, place):
        return reverse("api:movements", args=[place.posting.transaction_id])


class FeedDocument(serializers.Serializer):
    """Postings after a position. Ask again after `position`, also when there are none."""

    items = FeedItemDocument(many=True)
    position = Number(help_text="Up to where this answer tells everything.")
