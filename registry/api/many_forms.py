"""What is sent and answered where one request has many transfers."""

from rest_framework import serializers

from . import fields, transaction_documents
from .documents import Hash, Number, StatusWord, Word
from .forms import BATCHED, BatchLine, MovementLine
from .schema import ProblemErrorDocument

MODES = ("all_or_nothing", "each_on_its_own")


class BatchProposal(serializers.Serializer):
    """Up to 10,000 lines: all of them or none, or a transaction of its own for each."""

    mode = fields.Choice(MODES)
    type = fields.Choice(BATCHED, required=False, help_text="Of the lines that do not name a type.")
    lines = BatchLine(many=True)
    reason = fields.Text(required=False)
    execute_at = fields.Moment(
        required=False, help_text="None of it is completed before this moment."
    )


class Trade(MovementLine):
    """A trade of a settlement file. Its id makes it be delivered once, whatever file it is in."""

    trade = fields.Text(max_length=150)


class LineAnswerDocument(serializers.Serializer):
    """What became of one line; `status` is the HTTP status that it would have had alone."""

    line = serializers.IntegerField()
    status = serializers.IntegerField()
    code = serializers.CharField(allow_null=True)
    transaction = Number(allow_null=True)
    posting = Number(allow_null=True)
    state = serializers.CharField(allow_null=True)
    replayed = serializers.BooleanField(help_text="Carried out by an earlier request.")
    errors = ProblemErrorDocument(many=True)


class ProposedBatchDocument(serializers.Serializer):
    """What is approved as one: its hash, and how many persons approve it."""

    id = Number(source="pk")
    payload_hash = Hash()
    approvals_needed = serializers.IntegerField()


class BatchAnswerDocument(serializers.Serializer):
    """What became of a batch; `transaction` is there when it is one, all lines or none, and `batch`
    when several transactions wait, which are decided together."""

    mode = serializers.CharField()
    transaction = transaction_documents.AnswerDocument(allow_null=True)
    batch = ProposedBatchDocument(allow_null=True)
    carried_out = serializers.IntegerField()
    refused = serializers.IntegerField()
    items = LineAnswerDocument(many=True)


class StateCountDocument(serializers.Serializer):
    """How many transactions of a batch have a status."""

    status = StatusWord()
    count = serializers.IntegerField()


class BatchDocument(serializers.Serializer):
    """Transactions that are decided as one; `GET /transactions?batch=` lists them."""

    id = Number(source="pk")
    mode = Word(MODES)
    proposer = serializers.CharField(source="proposer.username")
    reason = serializers.CharField()
    at = serializers.DateTimeField(help_text="The business time of the proposal.")
    payload_hash = Hash(help_text="Of the payload hashes of its transactions, in their order.")
    approvals_needed = serializers.IntegerField()


class BatchDetailDocument(BatchDocument):
    """A batch, what has become of its transactions, and who has decided on it."""

    states = StateCountDocument(many=True)
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="When the delay of those ends that are delayed."
    )
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When the first of those that wait expires."
    )
    approvals = transaction_documents.ApprovalDocument(many=True, source="said")


class BatchSaidDocument(serializers.Serializer):
    """What became of the transactions of a batch of which something was said."""

    batch = BatchDetailDocument()
    carried_out = serializers.IntegerField()
    refused = serializers.IntegerField()
    items = LineAnswerDocument(many=True, help_text="Only of those that were refused.")


class TradeAnswerDocument(LineAnswerDocument):
    """What became of one trade."""

    trade = serializers.CharField(allow_null=True)


class SettlementDocument(serializers.Serializer):
    """What became of a settlement file."""

    batch = ProposedBatchDocument(allow_null=True)
    delivered = serializers.IntegerField()
    delivered_before = serializers.IntegerField()
    refused = serializers.IntegerField()
    items = TradeAnswerDocument(many=True)
