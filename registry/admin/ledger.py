"""The ledger's own rows: written by postings, read here."""

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry import account_numbers, serial_texts
from registry.errors import DomainError
from registry.models import (
    Approval,
    Holding,
    Issuance,
    Mark,
    Position,
    Posting,
    TransactionEvent,
    Use,
    VerifiedMessage,
)
from registry.selectors import serials

from . import shown
from .base import ByCode, Ledger
from .searching import block_address


class Blocks(Ledger):
    """Rows with a run of serials, found by a serial in any form, or by account number."""

    search_fields = ("pk",)
    search_help_text = _(
        "A serial as it is printed, that of another registry, or KAU 1,000; or an account number."
    )
    account_field = "account"
    readonly_fields = ("printed", "life")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        if self.account_field and account_numbers.is_valid(term):
            return queryset.filter(**{f"{self.account_field}__number": term}), False
        wanted = Q(pk__in=[])
        for meaning in self._meanings(request, term):
            reading = meaning.reading
            if meaning.located:
                wanted |= Q(
                    unit_type=meaning.unit_type, first__lte=reading.last, last__gte=reading.first
                )
            else:
                text = _("Read as %(form)s: its numbers do not name units of this node.")
                name = serial_texts.form_name(reading.form.name)
                self.message_user(request, text % {"form": name}, messages.WARNING)
        return queryset.filter(wanted), False

    def _meanings(self, request, term):
        try:
            return serials.meanings(term)
        except DomainError as error:
            for failure in error.failures:
                text = f"{failure.message} {failure.hint}"
                self.message_user(request, text, messages.WARNING)
            return []

    @admin.display(description=_("serials"), ordering="first")
    def serials(self, row):
        block = shown.block(row.unit_type.code, row.first, row.last)
        name = shown.quiet(row.unit_type.name)
        return format_html("{} {}<br>{}", block, name, self.printed(row))

    @admin.display(description=_("life"))
    def life(self, row):
        """The page that tells where these units come from and how they got here."""
        code, first, last = row.unit_type.code, row.first, row.last
        address = block_address(code, first, last)
        return format_html('<a href="{}">{}</a>', address, shown.block(code, first, last))

    @admin.display(description=_("printed serial"))
    def printed(self, row):
        unit_type = row.unit_type
        return shown.serial(unit_type.registry.code, unit_type.code, row.first, row.last)

    @admin.display(description=_("quantity (units)"))
    def units(self, row):
        return shown.units(row.last - row.first + 1)


class HeldNow(SimpleListFilter):
    """Today's holdings unless all of history is asked for."""

    title = _("held")
    parameter_name = "held"

    def lookups(self, request, model_admin):
        return [("ever", _("at any time"))]

    def choices(self, changelist):
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("now"),
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        return queryset if self.value() == "ever" else queryset.filter(closed_by__isnull=True)


class UsedAs(SimpleListFilter):
    """Surrendered, retired or cancelled."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return shown.USES.items()

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Holding)
class HoldingAdmin(Blocks):
    list_display = ("serials", "units", "account_number", "vintage", "time")
    list_filter = (HeldNow, ("unit_type", ByCode), ("registry", ByCode))
    list_select_related = ("unit_type__registry", "account", "issuance", "registry")

    @admin.display(description=_("account"))
    def account_number(self, row):
        return shown.link(row.account, row.account.number)

    @admin.display(description=_("vintage"))
    def vintage(self, row):
        return row.issuance.vintage_label

    @admin.display(description=_("from – until posting"))
    def time(self, row):
        until = f"#{row.closed_by_id}" if row.closed_by_id else ""
        return f"#{row.opened_by_id} – {until}"


@admin.register(Issuance)
class IssuanceAdmin(Blocks):
    scope = "unit_type__registry"
    account_field = None
    list_display = ("serials", "units", "vintage_label", "vintage_from", "vintage_to", "of_posting")
    list_filter = (("unit_type", ByCode),)
    list_select_related = ("unit_type__registry",)
    search_help_text = _("A serial as it is printed, that of another registry, or KAU 1,000.")

    @admin.display(description=_("posting"))
    def of_posting(self, row):
        return f"#{row.posting_id}" if row.posting_id else "–"


@admin.register(Mark)
class MarkAdmin(Blocks):
    list_display = ("kind", "serials", "units", "account", "of_transaction", "placed_at", "gone")
    list_filter = ("kind", ("released_at", admin.EmptyFieldListFilter), ("registry", ByCode))
    list_select_related = ("unit_type__registry", "account", "registry")

    @admin.display(description=_("transaction"))
    def of_transaction(self, row):
        return f"#{row.transaction_id}"

    @admin.display(description=_("released at"))
    def gone(self, row):
        return row.released_at


@admin.register(Use)
class UseAdmin(Blocks):
    account_field = None
    readonly_fields = ("used_as", "serials", "units", "credited", "of_posting")
    fields = (*readonly_fields[:3], "entity", "period", "credited", "factor_version", "of_posting")
    list_display = ("used_as", "serials", "units", "entity", "period", "credited")
    list_filter = (UsedAs, ("registry", ByCode))
    list_select_related = ("unit_type__registry", "entity", "registry")
    search_help_text = _("A serial as it is printed, that of another registry, or KAU 1,000.")

    @admin.display(description=_("kind"), ordering="kind")
    def used_as(self, row):
        return shown.USES.get(row.kind, row.kind)

    @admin.display(description=_("credited (t)"))
    def credited(self, row):
        return shown.units(row.credited_tonnes)

    @admin.display(description=_("posting"))
    def of_posting(self, row):
        return f"#{row.posting_id}"


@admin.register(Posting)
class PostingAdmin(Ledger):
    scope = "transaction__registry"
    list_display = ("number", "kind", "of_transaction", "position", "recorded_at")
    list_filter = ("kind",)
    list_select_related = ("place",)

    @admin.display(description=_("posting"))
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("transaction"))
    def of_transaction(self, row):
        return f"#{row.transaction_id}"

    @admin.display(description=_("position"))
    def position(self, row):
        return shown.units(row.place.pk) if hasattr(row, "place") else "–"


@admin.register(Position)
class PositionAdmin(Ledger):
    scope = "posting__transaction__registry"
    list_display = ("position", "instant", "of_posting")

    @admin.display(description=_("posting"))
    def of_posting(self, row):
        return f"#{row.posting_id}"


@admin.register(Approval)
class ApprovalAdmin(Ledger):
    scope = "transaction__registry"
    list_display = ("of_transaction", "person", "approved", "reason", "at")
    list_filter = ("approved",)
    list_select_related = ("person",)

    @admin.display(description=_("transaction"))
    def of_transaction(self, row):
        return f"#{row.transaction_id}"


@admin.register(TransactionEvent)
class TransactionEventAdmin(Ledger):
    scope = "transaction__registry"
    list_display = ("of_transaction", "status", "person", "reason", "at")
    list_filter = ("status",)
    list_select_related = ("person",)

    @admin.display(description=_("transaction"))
    def of_transaction(self, row):
        return f"#{row.transaction_id}"


@admin.register(VerifiedMessage)
class VerifiedMessageAdmin(Ledger):
    scope = "receiver"
    list_display = ("digest_shown", "sender", "receiver", "verified_at")
    list_select_related = ("sender", "receiver")
    fields = ("digest_shown", "sender", "receiver", "verified_at")
    readonly_fields = ("digest_shown",)

    @admin.display(description=_("SHA-256 of the message"))
    def digest_shown(self, row):
        return shown.digest(row.digest)
