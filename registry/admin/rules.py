"""Calendars, caps, limits and proposed rules: written by services, read here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry.models.calendars import CalendarDay, CalendarYear, OfficeHours
from registry.models.rules import AccountDay, IssuanceCap, Reconciliation, TypeProposal

from . import shown
from .base import ByCode, Ledger, ReadOnly

JURISDICTION = shown.code_of("jurisdiction", _("jurisdiction"))


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnly):
    list_display = ("day", JURISDICTION, "is_working", "note", "confidence")
    list_filter = ("is_working", ("jurisdiction", ByCode))
    list_select_related = ("jurisdiction",)
    ordering = ("-day",)


@admin.register(CalendarYear)
class CalendarYearAdmin(ReadOnly):
    list_display = ("year", JURISDICTION, "is_published", "confidence")
    list_filter = ("is_published", ("jurisdiction", ByCode))
    list_select_related = ("jurisdiction",)
    ordering = ("-year",)


@admin.register(OfficeHours)
class OfficeHoursAdmin(ReadOnly):
    list_display = ("number", JURISDICTION, "opens", "closes", "confidence")
    list_select_related = ("jurisdiction",)

    @admin.display(description=_("number"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"


@admin.register(IssuanceCap)
class IssuanceCapAdmin(ReadOnly):
    list_display = ("code", "vintage_from", "most", "confidence")
    list_filter = (("unit_type", ByCode),)
    list_select_related = ("unit_type",)

    @admin.display(description=_("unit type"))
    def code(self, row):
        return row.unit_type.code

    @admin.display(description=_("quantity (units)"), ordering="units")
    def most(self, row):
        return shown.units(row.units)


@admin.register(AccountDay)
class AccountDayAdmin(Ledger):
    """What left an account in a day, against its daily limit."""

    scope = "account__registry"
    list_display = ("day", "account_number", "left")
    list_select_related = ("account",)

    @admin.display(description=_("account"))
    def account_number(self, row):
        return shown.link(row.account, row.account.number)

    @admin.display(description=_("quantity (units)"))
    def left(self, row):
        return shown.units(row.units)


@admin.register(Reconciliation)
class ReconciliationAdmin(Ledger):
    list_display = ("began_at", shown.code_of("registry", _("registry")), "reason", "ended_at")
    list_filter = (("registry", ByCode),)
    list_select_related = ("registry",)


@admin.register(TypeProposal)
class TypeProposalAdmin(ReadOnly):
    list_display = ("code", "version", "status", "proposer", "proposed_at", "decided_at")
    list_filter = ("status",)
    list_select_related = ("registry", "proposer")
    ordering = ("-pk",)
    readonly_fields = ("digest_shown",)
    exclude = ("payload_hash", "api_key")

    @admin.display(description=_("payload hash"))
    def digest_shown(self, row):
        return shown.digest(row.payload_hash)
