"""What answers say of links."""

import json

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from linking.models import (
    AgreementVersion,
    EdgeChange,
    ExternalRetirement,
    OnwardTransfer,
    Transfer,
)
from registry.api.documents import Hash, Number, StatusWord, Word
from registry.api.trial_documents import TrialDocument
from registry.keys import text_forms


@extend_schema_field({"type": "object", "additionalProperties": True})
class Plain(serializers.Field):
    """An object as it is kept; an empty one where there is nothing."""

    def get_attribute(self, instance):
        return super().get_attribute(instance) or {}

    def to_representation(self, value):
        return value


class Canonical(Plain):
    """The signed text, which is kept as canonical JSON."""

    def to_representation(self, value):
        return json.loads(value)


class AgreementPartyDocument(serializers.Serializer):
    """Who signs, and the registry that acts."""

    jurisdiction = serializers.CharField(source="jurisdiction.code")
    registry = serializers.CharField(source="registry.code")


class AgreementDocument(serializers.Serializer):
    """An agreement; its texts are its versions."""

    code = serializers.CharField()
    created_at = serializers.DateTimeField()
    parties = AgreementPartyDocument(many=True)


class VersionSignatureDocument(serializers.Serializer):
    """A party's consent to a text."""

    party = serializers.CharField(source="party.jurisdiction.code")
    person = serializers.CharField(source="person.username")
    key_id = serializers.CharField()
    signature = serializers.SerializerMethodField()
    signed_at = serializers.DateTimeField()

    def get_signature(self, row) -> str:
        return text_forms.encode(bytes(row.signature))


class VersionRejectionDocument(serializers.Serializer):
    """A party that did not want a text, and why; by its proposer, it was taken back."""

    party = serializers.CharField(source="party.jurisdiction.code")
    person = serializers.CharField(source="person.username")
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class AgreementVersionDocument(serializers.Serializer):
    """One text of an agreement. Signatures are over `canonical` in UTF-8 (RFC 8785)."""

    agreement = serializers.CharField(source="agreement.code")
    number = serializers.IntegerField()
    state = Word(AgreementVersion.Status.values, source="status")
    proposed_by = serializers.CharField(source="proposed_by.jurisdiction.code")
    proposed_at = serializers.DateTimeField()
    in_force_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    digest = Hash()
    canonical = serializers.CharField()
    text = Canonical(source="canonical")
    signatures = VersionSignatureDocument(many=True)
    rejection = VersionRejectionDocument(allow_null=True, default=None)


class CommentDocument(serializers.Serializer):
    """What a party says about a clause of a version."""

    id = Number(source="pk")
    version = serializers.IntegerField(source="version.number")
    party = serializers.CharField(source="party.jurisdiction.code")
    person = serializers.CharField(source="person.username")
    clause = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class LinkDocument(serializers.Serializer):
    """An edge of an agreement in force, and its state now."""

    edge = serializers.CharField(source="edge_id")
    agreement = serializers.CharField(source="version.agreement.code")
    version = serializers.IntegerField(source="version.number")
    source = serializers.CharField(source="source.code")
    acceptor = serializers.CharField(source="acceptor.code")
    state = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    phase = serializers.IntegerField(allow_null=True)
    document = Plain()


class EdgeChangeDocument(serializers.Serializer):
    """What an act has made of an edge, or of its partner with it."""

    edge = serializers.CharField(source="edge_id")
    state = Word(EdgeChange.State.values)
    at = serializers.DateTimeField()
    cause = serializers.CharField()
    grace_until = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class EdgeChangesDocument(serializers.Serializer):
    """The changes that one act has made, at one instant."""

    changes = EdgeChangeDocument(many=True)


class ObservationsDocument(serializers.Serializer):
    """Which triggers have fired; the edge is suspended by the first of them."""

    fired = serializers.ListField(child=serializers.CharField())


class GivenDocument(serializers.Serializer):
    """What one account holder was given."""

    holder = serializers.CharField()
    tonnes = serializers.CharField()


class AllotmentDocument(serializers.Serializer):
    """What each was given of a quota; `price` of one tonne, 0 where nobody pays."""

    price = serializers.CharField()
    given = GivenDocument(many=True)


class TerminationDocument(serializers.Serializer):
    """From when on the party's recognition has ended."""

    agreement = serializers.CharField()
    ends_at = serializers.DateTimeField()


class MeterDocument(serializers.Serializer):
    """What is left of a quota: whole tonnes or units; null where its base is not known."""

    pool = serializers.CharField(source="key.pool")
    period = serializers.CharField(source="key.period")
    at = serializers.CharField()
    measure = serializers.CharField()
    capacity = serializers.CharField(allow_null=True)
    used = serializers.CharField(allow_null=True)
    left = serializers.CharField(allow_null=True)


class MetersDocument(serializers.Serializer):
    """The meters of an edge."""

    edge = serializers.CharField()
    meters = MeterDocument(many=True)


class TransferPartDocument(serializers.Serializer):
    """Units that one decision was about."""

    vintage_from = serializers.DateField()
    quantity = serializers.CharField()
    withheld = serializers.CharField()
    credited_tonnes = serializers.CharField(source="credited")
    decision = Plain(source="decision.outcome")


class TransferDocument(serializers.Serializer):
    """Units over a link: both halves, or the one that this node keeps, and what the acceptor has
    decided. `transfer` names it on both nodes; `answer` is what the other node has said."""

    id = Number(source="pk")
    transfer = serializers.UUIDField(source="uuid")
    half = Word(Transfer.Role.values, source="role")
    peer = serializers.CharField(source="peer.name", allow_null=True, default=None)
    state = Word(Transfer.State.values)
    method = Word(Transfer.Method.values)
    edge = serializers.CharField(source="edge.edge_id", allow_null=True, default=None)
    sender = serializers.CharField(source="sender.code")
    receiver = serializers.CharField(source="receiver.code")
    destination = serializers.CharField(source="destination_number")
    unit_type = serializers.CharField(source="unit_type.code")
    quantity = serializers.CharField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    source_transaction = serializers.SerializerMethodField()
    source_status = StatusWord(source="source_transaction.status", allow_null=True, default=None)
    destination_transaction = serializers.SerializerMethodField()
    answer = Plain()
    asks_people = serializers.BooleanField(help_text="People of the receiver accept it too.")
    accepted_by = serializers.CharField(
        source="accepted_by.username", allow_null=True, default=None
    )
    parts = TransferPartDocument(many=True)

    @extend_schema_field({"type": ["string", "null"]})
    def get_source_transaction(self, row):
        return row.source_transaction_id and str(row.source_transaction_id)

    @extend_schema_field({"type": ["string", "null"]})
    def get_destination_transaction(self, row):
        return row.destination_transaction_id and str(row.destination_transaction_id)


class SaidDocument(serializers.Serializer):
    """One message about a transfer; `arrived_at` is null while it is under way."""

    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="The name of the node that said it.")
    kind = serializers.CharField()
    body = Plain()
    arrived_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(help_text="Why it has not arrived yet, where it has not.")


class OnwardDocument(serializers.Serializer):
    """Where units go on to from their home. `second` is the transfer by which they do, once the
    node of their home has it; `answer` has the failures by which they stay there."""

    state = Word(OnwardTransfer.State.values)
    registry = serializers.CharField(source="registry.code")
    account = serializers.CharField()
    period = serializers.CharField()
    second = Number(source="second_id", allow_null=True)
    answer = Plain()
    ordered_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class WholeTransferDocument(TransferDocument):
    """A transfer with the messages of both nodes, in the order in which they were said, and where
    its units go on to."""

    messages = SaidDocument(many=True)
    onward = OnwardDocument(allow_null=True)


class TransferTrialDocument(TrialDocument):
    """What a transfer over a link would meet: on the sender's side, and of its acceptor."""

    method = serializers.CharField(allow_null=True, help_text="As transfers have it.")
    edge = serializers.CharField(allow_null=True)
    parts = TransferPartDocument(many=True)


class RetirementDocument(serializers.Serializer):
    """Credits that were retired elsewhere for a use here, and what was decided of them."""

    id = Number(source="pk")
    state = Word(ExternalRetirement.State.values)
    edge = serializers.CharField(source="decision.edge.edge_id")
    unit_type = serializers.CharField(source="unit_type.code")
    serial = serializers.CharField()
    quantity = serializers.CharField()
    vintage_from = serializers.DateField()
    account = serializers.CharField(source="account.number")
    period = serializers.CharField()
    retired_on = serializers.DateField()
    evidence = serializers.CharField()
    document_hash = Hash()
    stated_by = serializers.CharField(source="stated_by.username")
    stated_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(allow_null=True)
    transaction = serializers.SerializerMethodField()
    decision = Plain(source="decision.outcome")

    @extend_schema_field({"type": ["string", "null"]})
    def get_transaction(self, row):
        return row.transaction_id and str(row.transaction_id)


class PresetDocument(serializers.Serializer):
    """The document of an edge to begin with."""

    form = serializers.CharField()
    document = Plain()


class CriterionDocument(serializers.Serializer):
    """The lowest and the highest score that assessors give in a criterion."""

    criterion = serializers.CharField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class ReadinessDocument(serializers.Serializer):
    """How ready two jurisdictions are to link; `index` is exact, from 0 to 1."""

    one = serializers.CharField()
    other = serializers.CharField()
    index = serializers.CharField()
    form = serializers.CharField()
    blockers = serializers.ListField(child=serializers.CharField())
    obstacles = serializers.ListField(child=serializers.CharField())
    unknown = serializers.ListField(child=serializers.CharField())
    assessors = serializers.ListField(child=serializers.CharField())
    scores = CriterionDocument(many=True)
