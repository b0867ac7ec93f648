"""What answers say of serials: what they mean, and where their units are and were."""

from rest_framework import serializers

from registry import serial_texts
from registry.serials.reader import FORMS

from .documents import HoldingDocument, Number, Units, Word, printed


class MeaningDocument(serializers.Serializer):
    """One meaning of a text. `form` names the form in which it was read, `established` whether
    a document or published serials tell that form.

    `located`: the numbers are those of the unit type, so that blocks are found by them.
    """

    form = Word([form.name for form in FORMS], source="reading.form.name")
    name = serializers.SerializerMethodField(help_text="What people call the form.")
    established = serializers.BooleanField(source="reading.form.established")
    serial = serializers.CharField(source="reading.printed", help_text="As the form writes it.")
    first = Units(source="reading.first")
    last = Units(source="reading.last")
    elements = serializers.DictField(
        source="reading.elements",
        child=serializers.CharField(),
        help_text="What else the serial tells, by the names of its form.",
    )
    unit_type = serializers.CharField(
        source="unit_type.code",
        default=None,
        allow_null=True,
        help_text="Null where this node knows no such unit type.",
    )
    located = serializers.BooleanField()

    def get_name(self, meaning) -> str:
        return str(serial_texts.form_name(meaning.reading.form.name))


class LegacySerialsDocument(serializers.Serializer):
    """The serials that units had in the registry that moved here, in the order of their serials of
    here."""

    unit_type = serializers.CharField()
    first = Units()
    last = Units()
    old_first = serializers.CharField()
    old_last = serializers.CharField()


class BlocksDocument(serializers.Serializer):
    """Where serials are held now. `truncated`: there are more; ask for fewer serials.
    `meanings` tells how a text was read; it is empty where there was none.
    """

    meanings = MeaningDocument(many=True)
    items = HoldingDocument(many=True)
    legacy = LegacySerialsDocument(many=True, help_text="Of the first twenty blocks.")
    truncated = serializers.BooleanField()


class StayAccountDocument(serializers.Serializer):
    number = serializers.CharField(source="account_number")
    name = serializers.CharField(source="account_name")


class StayPostingDocument(serializers.Serializer):
    posting = Number(source="opened_by")
    transaction = Number(source="transaction_id")
    type = serializers.CharField(source="transaction_type")
    position = Number(allow_null=True)
    instant = serializers.DateTimeField(allow_null=True)
    recorded_at = serializers.DateTimeField()


class StayDocument(serializers.Serializer):
    """An account held these serials from one posting until another; null: it still does."""

    first = Units()
    last = Units()
    serial = serializers.SerializerMethodField(help_text="The block as it is printed.")
    account = StayAccountDocument(source="*")
    since = StayPostingDocument(source="*")
    until_posting = Number(source="closed_by", allow_null=True)

    def get_serial(self, stay) -> str:
        unit_type = self.context["of"]
        return printed(unit_type.registry.code, unit_type.code, stay.first, stay.last)


class HistoryDocument(serializers.Serializer):
    """Where units were, the newest first. `truncated`: the oldest stays are left out."""

    registry = serializers.CharField()
    unit_type = serializers.CharField()
    items = StayDocument(many=True)
    legacy = LegacySerialsDocument(many=True, help_text="The first twenty runs.")
    truncated = serializers.BooleanField()
