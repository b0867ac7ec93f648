"""What answers say of uploads and of what is wrong with their rows."""

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.models import Transaction, Upload

from .documents import Hash, Number, Word


class UploadDocument(serializers.Serializer):
    """A file of many rows, how far it is, and what it became."""

    id = Number(source="pk")
    kind = Word(Upload.Kind.values)
    form = Word(Upload.Form.values)
    registry = serializers.CharField(source="registry.code")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    digest = Hash(help_text="SHA-256 of the file.")
    reason = serializers.CharField()
    uploaded_by = serializers.CharField(source="person.username")
    uploaded_at = serializers.DateTimeField()
    state = Word(Upload.State.values)
    rows_checked = serializers.IntegerField()
    rows_total = serializers.IntegerField(
        allow_null=True, help_text="Known when the last row has been checked."
    )
    rows_written = serializers.IntegerField()
    rows_digest = Hash(help_text="A chain of SHA-256 over what the rows say.")
    errors_total = serializers.IntegerField(
        help_text="All that were found; the first 10,000 are kept."
    )
    checked_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    request = Number(
        source="request_id", allow_null=True, help_text="What others decide; not for allocations."
    )
    transaction = Number(
        source="transaction_number", allow_null=True, help_text="What allocations became."
    )
    transaction_status = serializers.SerializerMethodField()
    opening_balances = serializers.SerializerMethodField(help_text="What such files became.")

    def get_transaction_status(self, upload) -> str | None:
        status = upload.transaction_status
        return None if status is None else Transaction.Status(status).name.lower()

    @extend_schema_field(serializers.ListField(child=Number()))
    def get_opening_balances(self, upload):
        return [str(each.pk) for each in upload.openings.all()]


class RowErrorDocument(serializers.Serializer):
    """What is wrong with a row, or with the whole file. Rows are numbered as spreadsheets do: the
    header is the first."""

    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.SerializerMethodField()
    hint = serializers.SerializerMethodField()
    data = serializers.DictField()

    def get_detail(self, row) -> str:
        return gettext(row.message)

    def get_hint(self, row) -> str:
        return gettext(row.hint) if row.hint else ""
