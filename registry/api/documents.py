"""What answers say, as serializers: they render the answers and document them.

Numbers of units, serials, and numbers of things are text, because JSON's numbers lose digits in
many programs.
"""

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.models import (
    Account,
    Fact,
    Jurisdiction,
    Scheme,
    Transaction,
    UnitType,
)
from registry.serials import own

from . import fields

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@extend_schema_field(fields.UNITS)
class Units(serializers.Field):
    """A number of units, or a serial, as text."""

    def to_representation(self, value):
        return str(value)


@extend_schema_field(fields.ID)
class Number(serializers.Field):
    """The number of a transaction, posting or position, as text."""

    def to_representation(self, value):
        return str(value)


@extend_schema_field({"type": "string", "pattern": "^[0-9a-f]{64}$"})
class Hash(serializers.Field):
    """A SHA-256 in hexadecimal."""

    def to_representation(self, value):
        return bytes(value).hex()


class Word(serializers.Field):
    """One of the words that a model's column can have."""

    def __init__(self, choices, **kwargs):
        super().__init__(**kwargs)
        extend_schema_field({"type": "string", "enum": list(choices)})(self)

    def to_representation(self, value):
        return value


class StatusWord(Word):
    """A transaction's status as a word."""

    def __init__(self, **kwargs):
        super().__init__([status.name.lower() for status in Transaction.Status], **kwargs)

    def to_representation(self, value):
        return Transaction.Status(value).name.lower()


@extend_schema_field(
    {
        "type": "object",
        "properties": {code: {"type": "string"} for code in LANGUAGES},
        "required": LANGUAGES,
        "additionalProperties": False,
    }
)
class Names(serializers.Field):
    """The names in all languages; empty where one has none."""

    def __init__(self, **kwargs):
        super().__init__(source="*", **kwargs)

    def to_representation(self, value):
        return {code: getattr(value, f"name_{code.replace('-', '_')}") for code in LANGUAGES}


class Named(serializers.Serializer):
    """A thing with a code and a name in the reader's language."""

    code = serializers.CharField()
    name = serializers.CharField()
    names = Names()
    names_unofficial = serializers.ListField(
        child=serializers.CharField(),
        help_text="Languages whose name comes from no official source.",
    )


class Sourced(serializers.Serializer):
    """How far what is said here can be trusted."""

    sources = serializers.ListField(
        source="source_codes",
        child=serializers.CharField(),
        help_text="Codes of sources, which are listed at /sources.",
    )
    confidence = serializers.CharField(
        help_text="high, medium, low, or unknown; empty where a person has not said."
    )


class JurisdictionDocument(Named, Sourced):
    level = Word(Jurisdiction.Level.values)
    iso_3166 = serializers.CharField()
    parent = serializers.CharField(source="parent.code", default=None, allow_null=True)
    time_zone = serializers.CharField()
    currency = serializers.CharField()


class SchemeDocument(Named, Sourced):
    jurisdiction = serializers.CharField(source="jurisdiction.code")
    kind = Word(Scheme.Kind.values)
    status = serializers.CharField()
    authority = serializers.CharField()
    start_date = serializers.DateField(allow_null=True)


class RegistryDocument(Named, Sourced):
    scheme = serializers.CharField(source="scheme.code")
    jurisdiction = serializers.CharField(source="jurisdiction.code")
    hosted = serializers.BooleanField(help_text="Whether this node keeps its ledger.")


class AliasDocument(Sourced):
    alias = serializers.CharField()
    is_official = serializers.BooleanField()
    note = serializers.CharField()


class UnitTypeDocument(Named, Sourced):
    registry = serializers.CharField(source="registry.code")
    kind = Word(UnitType.Kind.values)
    metric = serializers.CharField()
    vintage_rule = serializers.CharField()
    converts_to = serializers.CharField(source="converts_to.code", default=None, allow_null=True)
    transferable = serializers.BooleanField()
    code_is_official = serializers.BooleanField()
    description = serializers.CharField()
    aliases = AliasDocument(many=True)


class FactDocument(Sourced):
    """One stated value. `value_type` says how the value is read; the types are those of the
    reference files."""

    jurisdiction = serializers.CharField(source="jurisdiction.code", default=None, allow_null=True)
    subject = serializers.CharField(help_text="What it is about, for example scheme:KR-ETS.")
    topic = serializers.CharField()
    param = serializers.CharField()
    value = serializers.CharField()
    value_type = Word(["", *Fact.ValueType.values])
    unit = serializers.CharField()
    valid_from = serializers.CharField(help_text="A day, a month or a year; empty: not known.")
    valid_to = serializers.CharField(help_text="The first that is no longer in the interval.")
    period = serializers.CharField(help_text="Of the scheme's calendar, as it is named there.")
    condition = serializers.CharField()
    note = serializers.CharField(source="source_note")


class SourceDocument(serializers.Serializer):
    """Where values come from, and how far the source was read."""

    code = serializers.CharField()
    kind = serializers.CharField()
    where = serializers.CharField()
    what = serializers.CharField()
    years = serializers.CharField()
    how_read = serializers.CharField()


class GroupLimitDocument(serializers.Serializer):
    """What the group's accounts in the registry may hold together; no unit type: all types."""

    registry = serializers.CharField(source="registry.code")
    unit_type = serializers.CharField(source="unit_type.code", default=None, allow_null=True)
    units = Units()


class GroupDocument(serializers.Serializer):
    """The corporate group of a holder; its limits are those of all registries."""

    code = serializers.CharField()
    name = serializers.CharField()
    limits = GroupLimitDocument(many=True, source="limits.all")


class HolderDocument(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    group = GroupDocument(allow_null=True)


class WholeHolderDocument(HolderDocument):
    """`successor` is who took over, `registries` where you see accounts of the holder."""

    jurisdiction = serializers.CharField(source="jurisdiction.code")
    sector = serializers.CharField(help_text="Empty where none is known.")
    synthetic = serializers.BooleanField(source="is_synthetic")
    successor = serializers.CharField(
        source="succession.successor.code", default=None, allow_null=True
    )
    registries = serializers.ListField(
        child=serializers.CharField(), source="registry_codes", help_text="Their codes."
    )


class AccountDocument(serializers.Serializer):
    number = serializers.CharField()
    registry = serializers.CharField(source="registry.code")
    kind = Word(Account.Kind.values)
    name = serializers.CharField()
    account_class = serializers.CharField(
        source="account_class.code", default=None, allow_null=True
    )
    holder = HolderDocument(allow_null=True)
    stands_for = serializers.CharField(source="stands_for.code", default=None, allow_null=True)
    status = Word(Account.Status.values)
    holding_limit = Units(allow_null=True)
    terminal = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class AsOfDocument(serializers.Serializer):
    """What "as of" meant. No position: the present, with postings that have none yet."""

    position = Number(allow_null=True)
    instant = serializers.DateTimeField(allow_null=True)


class VintageDocument(serializers.Serializer):
    """The interval that the units belong to; its last day is exclusive."""

    label = serializers.CharField(source="issuance__vintage_label")
    first_day = serializers.DateField(source="vintage_from")
    end_day = serializers.DateField(source="issuance__vintage_to")


class BalanceDocument(serializers.Serializer):
    unit_type = serializers.CharField(source="unit_type__code")
    vintage = VintageDocument(source="*")
    quantity = Units(source="units")


class BalancesDocument(serializers.Serializer):
    account = serializers.CharField()
    as_of = AsOfDocument()
    items = BalanceDocument(many=True)


def printed(home, unit_type, first, last):
    """A block as it is printed, with check digits; `home` is the registry that issues it."""
    return own.printed(own.Block(home, unit_type, first, last))


class BlockDocument(serializers.Serializer):
    """A run of serials of one unit type, both ends included: as a proposal names it."""

    unit_type = serializers.CharField()
    first = Units()
    last = Units()


class PostingDocument(serializers.Serializer):
    """A posting; its place in the node's order follows within moments."""

    posting = Number(source="opened_by_id")
    transaction = Number(source="opened_by__transaction_id")
    position = Number(source="opened_by__place__position", allow_null=True)
    instant = serializers.DateTimeField(source="opened_by__place__instant", allow_null=True)


class HoldingDocument(serializers.Serializer):
    """An account has held a block since a posting."""

    registry = serializers.CharField(source="registry__code")
    account = serializers.CharField(source="account__number")
    block = serializers.SerializerMethodField()
    serial = serializers.SerializerMethodField(help_text="The block as it is printed.")
    quantity = serializers.SerializerMethodField()
    vintage = VintageDocument(source="*")
    since = PostingDocument(source="*")

    @extend_schema_field(BlockDocument)
    def get_block(self, row):
        return {
            "unit_type": row["unit_type__code"],
            "first": str(row["first"]),
            "last": str(row["last"]),
        }

    def get_serial(self, row) -> str:
        home = row["unit_type__registry__code"]
        return printed(home, row["unit_type__code"], row["first"], row["last"])

    @extend_schema_field(fields.UNITS)
    def get_quantity(self, row):
        return str(row["last"] - row["first"] + 1)


class PositionDocument(serializers.Serializer):
    """A posting's place in the node's order."""

    position = Number()
    instant = serializers.DateTimeField()
    posting = Number(source="posting_id")


class HealthDocument(serializers.Serializer):
    """The head of the node's order, and what waits for a place in it."""

    head = PositionDocument(allow_null=True)
    unplaced = Units(help_text="Postings that have no position yet.")
    oldest_unplaced_s = serializers.FloatField(
        allow_null=True, help_text="How long the oldest of them has waited."
    )
    unsigned = Units(help_text="Issuances that have no signature yet, counted to 10,000.")
    oldest_unsigned_s = serializers.FloatField(
        allow_null=True, help_text="How long the oldest of these has waited."
    )
