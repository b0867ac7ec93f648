"""What is sent to make webhooks, and what is answered about them."""

from rest_framework import serializers

from . import fields
from .documents import Number


class WebhookRequest(serializers.Serializer):
    """An address of yours that is to be told of postings."""

    url = fields.Text(max_length=500, help_text="https://, and of the public network.")
    after = fields.Number(
        required=False, help_text="Tell what comes after this position; else from now on."
    )


class ReplayRequest(serializers.Serializer):
    """From where on everything is told again."""

    after = fields.Number()


class WebhookDocument(serializers.Serializer):
    """A webhook; `position` is up to where the outbox is filled."""

    id = Number(source="pk")
    person = serializers.CharField(source="person.username")
    url = serializers.CharField()
    position = Number(source="reached")
    created_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)


class NewWebhookDocument(WebhookDocument):
    """A webhook with the secret of its signatures, which is shown once."""

    secret = serializers.CharField(allow_null=True)


class DeliveryDocument(serializers.Serializer):
    """What became of one announcement."""

    position = Number()
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()
