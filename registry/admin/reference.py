"""Reference data: jurisdictions, schemes, registries, unit types, facts, sources, holders."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry.models import (
    AccountHolder,
    Basis,
    Fact,
    Jurisdiction,
    LimitCounter,
    Registry,
    Scheme,
    Source,
    TransactionType,
    UnitType,
    UnitTypeAlias,
)

from .base import ByCode, ReadOnly
from .paging import BoundedPaginator
from .reference_changes import Proposed
from .shown import USES, code_of, name, words_of
from .type_forms import WORDS, bands_text
from .type_versions import TypePages

JURISDICTION = code_of("jurisdiction", _("jurisdiction"))
REGISTRY = code_of("registry", _("registry"))
UNIT_TYPE = code_of("unit_type", _("unit type"))
NAMES = ("name_en", "name_zh_hans", "name_ja", "name_ko", "names_unofficial")
SEARCHED = ("code", "name_en", "name_zh_hans", "name_ja", "name_ko")
SOURCED = ("source_codes", "confidence")


@admin.register(Jurisdiction)
class JurisdictionAdmin(Proposed):
    list_display = (
        "code",
        name,
        "level",
        code_of("parent", _("part of")),
        "time_zone",
        "confidence",
    )
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = SEARCHED
    fields = ("code", "level", "parent", "iso_3166", *NAMES, "time_zone", "currency", *SOURCED)


@admin.register(Scheme)
class SchemeAdmin(Proposed):
    list_display = ("code", name, JURISDICTION, "kind", "status", "start_date", "confidence")
    list_filter = ("kind", ("jurisdiction", ByCode))
    list_select_related = ("jurisdiction",)
    search_fields = SEARCHED
    fields = (
        *("code", "jurisdiction", "kind", *NAMES, "status", "authority", "start_date"),
        *SOURCED,
    )


@admin.register(Registry)
class RegistryAdmin(Proposed):
    list_display = (
        "code",
        name,
        code_of("scheme", _("scheme")),
        JURISDICTION,
        "hosted",
        "confidence",
    )
    list_filter = ("hosted", ("jurisdiction", ByCode))
    list_select_related = ("scheme", "jurisdiction")
    search_fields = SEARCHED
    ordering = ("code",)


class Aliases(admin.TabularInline):
    """The other codes of a unit type; each is a row with proposals of its own."""

    model = UnitTypeAlias
    extra = 0
    show_change_link = True

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


@admin.register(UnitType)
class UnitTypeAdmin(Proposed):
    list_display = ("code", name, "kind", REGISTRY, "transferable", "confidence")
    list_filter = ("kind", "transferable", "code_is_official", ("registry", ByCode))
    list_select_related = ("registry",)
    search_fields = (*SEARCHED, "aliases__alias")
    inlines = (Aliases,)
    fields = (
        "code",
        "registry",
        "kind",
        "metric",
        "converts_to",
        *NAMES,
        "vintage_rule",
        "transferable",
        "code_is_official",
        "description",
        *SOURCED,
    )


@admin.register(UnitTypeAlias)
class UnitTypeAliasAdmin(Proposed):
    list_display = ("alias", UNIT_TYPE, "is_official", "note", "confidence")
    list_filter = ("is_official", ("unit_type", ByCode))
    list_select_related = ("unit_type",)
    search_fields = ("alias", "unit_type__code")
    ordering = ("alias",)


TRANSACTION_TYPE_WORDS = tuple(
    words_of(TransactionType, field, choices) for field, choices in WORDS.items()
)


@admin.register(TransactionType)
class TransactionTypeAdmin(TypePages, ReadOnly):
    """Versions of rules: a version never changes; the next one is proposed."""

    list_display = ("number", name, "code", "version", REGISTRY, "approvals", "reversible")
    list_filter = ("effect", "reversible")
    list_select_related = ("registry",)
    search_fields = SEARCHED
    ordering = ("code", "version")
    readonly_fields = (*TRANSACTION_TYPE_WORDS, "bands_words", "used_as")
    fields = (
        "number",
        "code",
        "version",
        "registry",
        *NAMES,
        "effect",
        *TRANSACTION_TYPE_WORDS,
        "approvals",
        "bands_words",
        "reason_required",
        "expires_after_hours",
        *("delay", "delay_days", "delay_hours", "trusted_only", "counts_per_day", "pool"),
        *("earliest_vintage", "latest_vintage"),
        *("reversible", "reversal_days"),
        "used_as",
        "valid_from",
        "valid_to",
    )

    @admin.display(description=TransactionType._meta.get_field("bands").verbose_name)
    def bands_words(self, row):
        return bands_text(row.bands) or "–"

    @admin.display(description=TransactionType._meta.get_field("records_use").verbose_name)
    def used_as(self, row):
        return USES.get(row.records_use, row.records_use or "–")


@admin.register(AccountHolder)
class AccountHolderAdmin(Proposed):
    list_display = ("code", "name", JURISDICTION, "sector", "is_synthetic")
    list_filter = ("is_synthetic", ("jurisdiction", ByCode))
    list_select_related = ("jurisdiction",)
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    search_fields = ("code", "name")


@admin.register(Fact)
class FactAdmin(Proposed):
    list_display = (
        *("topic", "param", "subject", "value", "unit", "valid_from", "period"),
        *(JURISDICTION, "confidence"),
    )
    list_filter = ("topic", "confidence", "value_type", ("jurisdiction", ByCode))
    list_select_related = ("jurisdiction",)
    search_fields = ("topic", "param", "subject", "period", "value", "condition", "source_note")


@admin.register(Source)
class SourceAdmin(Proposed):
    list_display = ("code", "kind", "what", "where", "years")
    list_filter = ("kind",)
    search_fields = ("code", "what", "where")


@admin.register(Basis)
class BasisAdmin(ReadOnly):
    list_display = ("entity", "jurisdiction", "kind", "period", "tonnes")
    list_filter = ("kind",)
    list_select_related = ("entity", "jurisdiction")
    search_fields = ("entity__code", "entity__name", "jurisdiction__code")
    ordering = ("-pk",)


@admin.register(LimitCounter)
class LimitCounterAdmin(ReadOnly):
    list_display = ("pool", "entity", "period", "slot", "slots", "used_t", "capacity_t")
    list_select_related = ("entity",)
    search_fields = ("pool", "entity__code", "entity__name")
    ordering = ("-pk",)
