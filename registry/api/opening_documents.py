"""What answers say of the accounts and units that a registry moved here with."""

from rest_framework import serializers

from .documents import Number, StatusWord, Units


class OpeningBalanceDocument(serializers.Serializer):
    """All units of one type that a registry moved here with: one transaction, which others
    approve."""

    id = Number(source="pk")
    registry = serializers.CharField(source="registry.code")
    unit_type = serializers.CharField(source="unit_type.code")
    transaction = Number(source="transaction_id")
    status = StatusWord(source="transaction.status", help_text="Of the transaction.")
    upload = Number(
        source="upload_id", allow_null=True, help_text="Null where a command has loaded it."
    )
    source = serializers.CharField(help_text="Where the old registry's books are from.")
    files = serializers.DictField(
        source="digests", child=serializers.CharField(), help_text="SHA-256 of each file."
    )
    loaded_at = serializers.DateTimeField()


class OpeningTotalDocument(serializers.Serializer):
    """What the old registry said that an account held of the unit type."""

    account = serializers.CharField(source="account.number")
    old_number = serializers.CharField(
        help_text="In the old registry; several, where they are one."
    )
    quantity = Units(source="units")


class LegacyBlockDocument(serializers.Serializer):
    """Serials of here, and those that the units had: a text, and numbers in the same order."""

    first = Units()
    last = Units()
    prefix = serializers.CharField(help_text="What stands before the old numbers.")
    old_first = Units()
    old_last = Units()
