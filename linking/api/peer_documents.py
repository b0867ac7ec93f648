"""What answers say of other nodes, and of this one as others see it."""

import json

from django.utils import timezone
from rest_framework import serializers

from linking.messages.bodies import NOTICES
from linking.models import OutboxMessage, Peer
from linking.selectors import peers
from registry.api.documents import Word

from .documents import Plain


class PeerKeyDocument(serializers.Serializer):
    """A public key of a peer; of a registry that it keeps, or of the node itself."""

    key_id = serializers.CharField(help_text="Its thumbprint (RFC 7638).")
    purpose = serializers.CharField()
    registry = serializers.CharField(source="registry.code", allow_null=True, default=None)
    valid_from = serializers.DateTimeField()
    valid_to = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class PeerDocument(serializers.Serializer):
    """Another node. `fingerprint` is of the card by which it is known: compare it with people of
    the other node, by another way than the network."""

    name = serializers.CharField()
    url = serializers.CharField()
    state = Word(Peer.State.values)
    protocol = serializers.IntegerField(help_text="The version that both speak.")
    fingerprint = serializers.SerializerMethodField()
    registries = serializers.SerializerMethodField(help_text="Their codes, as its card names them.")
    introduced_by = serializers.CharField(source="introduced_by.username")
    introduced_at = serializers.DateTimeField()
    confirmation = serializers.CharField(help_text="By what it is pinned; empty before.")
    pinned_by = serializers.CharField(source="pinned_by.username", allow_null=True, default=None)
    pinned_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when it has not answered, if it does not."
    )

    def get_fingerprint(self, row) -> str:
        return peers.card_of(row).fingerprint(timezone.now())

    def get_registries(self, row) -> list[str]:
        return sorted(peers.card_of(row).registries)


class WholePeerDocument(PeerDocument):
    """A peer with its keys, and how many messages wait for it."""

    keys = PeerKeyDocument(many=True, source="keys.all")
    waiting = serializers.SerializerMethodField(help_text="Messages that it has not taken yet.")

    def get_waiting(self, row) -> str:
        return str(row.outbox.filter(state=OutboxMessage.State.WAITING).count())


class NodeDocument(serializers.Serializer):
    """This node, as its card tells others; `fingerprint` is what they compare."""

    name = serializers.CharField(source="card.card.node")
    url = serializers.CharField(source="card.card.url")
    fingerprint = serializers.CharField()
    card = Plain()


class SentDocument(serializers.Serializer):
    """A message to a peer. `refusal` is the problem by which it was refused for good."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = Word(OutboxMessage.State.values)
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    refusal = Plain()
    message = serializers.SerializerMethodField()

    def get_message(self, row) -> dict:
        return json.loads(row.text)


class SentNoticesDocument(serializers.Serializer):
    """One message to each of the nodes that are told."""

    items = SentDocument(many=True)


class PeerNoticeDocument(serializers.Serializer):
    """What another node has told of itself."""

    id = serializers.UUIDField()
    peer = serializers.CharField(source="peer.name")
    kind = Word(NOTICES, source="notice_kind")
    begins_at = serializers.CharField(source="begins")
    ends_at = serializers.CharField(source="ends", allow_null=True)
    text = serializers.CharField(source="said")
    received_at = serializers.DateTimeField()
