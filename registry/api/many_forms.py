"""What is sent and answered where one request has many transfers."""

from rest_framework import serializers

from . import fields, transaction_documents
from .documents import Number
from .forms import MOVEMENTS, MovementLine
from .schema import ProblemErrorDocument

MODES = ("all_or_nothing", "each_on_its_own")


class Batch(serializers.Serializer):
    """Up to 10,000 transfers of one type: as one transaction, or as one each."""

    mode = fields.Choice(MODES)
    type = fields.Choice(MOVEMENTS)
    lines = MovementLine(many=True)
    reason = fields.Text(required=False)


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


class BatchAnswerDocument(serializers.Serializer):
    """What became of a batch; `transaction` is there when it is one, all lines or none."""

    mode = serializers.CharField()
    transaction = transaction_documents.AnswerDocument(allow_null=True)
    carried_out = serializers.IntegerField()
    refused = serializers.IntegerField()
    items = LineAnswerDocument(many=True)


class TradeAnswerDocument(LineAnswerDocument):
    """What became of one trade."""

    trade = serializers.CharField(allow_null=True)


class SettlementDocument(serializers.Serializer):
    """What became of a settlement file."""

    delivered = serializers.IntegerField()
    delivered_before = serializers.IntegerField()
    refused = serializers.IntegerField()
    items = TradeAnswerDocument(many=True)
