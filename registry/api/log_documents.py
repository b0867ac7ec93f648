"""What answers about the log say, for the API's description; docs/log.md describes every member.

The answers themselves are bytes: canonical JSON, and signed notes as text.
"""

from rest_framework import serializers

from .certificate_documents import Base64Url
from .documents import Hash, Number

INCLUSION = "concord-inclusion-1"
CONSISTENCY = "concord-consistency-1"
# docs/canonical-posting.md lists its members.
CANONICAL_POSTING = {"title": "CanonicalPosting", "type": "object", "additionalProperties": {}}


class Hashes(serializers.ListField):
    child = Hash()


class InclusionDocument(serializers.Serializer):
    """That a leaf is in the log of `size` leaves: RFC 9162 §2.1.3, from the leaf's sibling up."""

    format = serializers.CharField()
    log = serializers.CharField(help_text="The origin of the log's checkpoints.")
    index = Number(help_text="The leaf's place, from 0.")
    size = Number(help_text="The number of leaves of the tree that the proof leads to.")
    entry = serializers.CharField(help_text="The leaf's data, as text; its hash is of these bytes.")
    leaf_hash = Hash()
    hashes = Hashes()


class ConsistencyDocument(serializers.Serializer):
    """That the log of `to` leaves begins with that of `from` leaves: RFC 9162 §2.1.4."""

    format = serializers.CharField()
    log = serializers.CharField(help_text="The origin of the log's checkpoints.")
    hashes = Hashes()

    def get_fields(self):
        # `from` is a word of Python.
        return {
            **super().get_fields(),
            "from": Number(help_text="The number of leaves of the older tree."),
            "to": Number(help_text="The number of leaves of the newer tree."),
        }


class ReceiptDocument(serializers.Serializer):
    """The promise to log a posting. The signature is over RFC 8785 of all other members."""

    format = serializers.CharField()
    node = serializers.CharField()
    posting = Number()
    transaction = Number()
    leaf_hash = Hash(help_text="Of the leaf that the posting becomes, or has become.")
    recorded_at = serializers.DateTimeField()
    log_by = serializers.DateTimeField(help_text="By then a checkpoint covers the leaf.")
    signed_at = serializers.DateTimeField()
    key_id = serializers.CharField(help_text="The thumbprint of the key (RFC 7638).")
    algorithm = serializers.CharField()
    signature = Base64Url()
