"""Rules that are data: calendars, caps, proposed versions of types, and what is counted."""

from django.contrib import admin

from registry.models import (
    AccountDay,
    CalendarDay,
    CalendarYear,
    CorporateGroup,
    GroupLimit,
    IssuanceCap,
    OfficeHours,
    Reconciliation,
    TypeProposal,
)

from .base import Ledger, ReadOnly, Reference


@admin.register(CalendarDay)
class CalendarDayAdmin(Reference):
    list_display = ("day", "jurisdiction", "is_working", "note", "source_codes")
    list_filter = ("is_working",)
    list_select_related = ("jurisdiction",)
    identity = ("jurisdiction", "day")
    deletable = True


@admin.register(CalendarYear)
class CalendarYearAdmin(Reference):
    list_display = ("year", "jurisdiction", "is_published", "source_codes")
    list_select_related = ("jurisdiction",)
    identity = ("jurisdiction", "year")
    deletable = True


@admin.register(OfficeHours)
class OfficeHoursAdmin(Reference):
    list_display = ("jurisdiction", "opens", "closes", "source_codes")
    list_select_related = ("jurisdiction",)
    identity = ("jurisdiction",)
    deletable = True


@admin.register(IssuanceCap)
class IssuanceCapAdmin(Reference):
    list_display = ("unit_type", "vintage_from", "units", "source_codes")
    list_select_related = ("unit_type",)
    identity = ("unit_type", "vintage_from")


@admin.register(CorporateGroup)
class CorporateGroupAdmin(Reference):
    list_display = ("code", "name", "source_codes")
    search_fields = ("code", "name")


@admin.register(GroupLimit)
class GroupLimitAdmin(Reference):
    list_display = ("group", "registry", "unit_type", "units", "source_codes")
    list_select_related = ("group", "registry", "unit_type")
    identity = ("group", "registry", "unit_type")
    deletable = True


@admin.register(TypeProposal)
class TypeProposalAdmin(ReadOnly):
    list_display = ("code", "registry", "status", "proposer", "proposed_at", "decider", "version")
    list_filter = ("status",)
    list_select_related = ("registry", "proposer", "decider", "version")
    search_fields = ("code", "reason")
    ordering = ("-pk",)


@admin.register(Reconciliation)
class ReconciliationAdmin(Ledger):
    list_display = ("registry", "unit_type", "reason", "began_at", "ended_at")
    list_select_related = ("registry", "unit_type")


@admin.register(AccountDay)
class AccountDayAdmin(Ledger):
    scope = "account__registry"
    list_display = ("account", "day", "units")
    list_select_related = ("account",)
