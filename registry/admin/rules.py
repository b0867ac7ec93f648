"""Rules that are data: calendars, caps, limits of groups, and what is counted."""

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
)

from .base import Ledger
from .reference_changes import Proposed


@admin.register(CalendarDay)
class CalendarDayAdmin(Proposed):
    list_display = ("day", "jurisdiction", "is_working", "note", "source_codes")
    list_filter = ("is_working",)
    list_select_related = ("jurisdiction",)


@admin.register(CalendarYear)
class CalendarYearAdmin(Proposed):
    list_display = ("year", "jurisdiction", "is_published", "source_codes")
    list_select_related = ("jurisdiction",)


@admin.register(OfficeHours)
class OfficeHoursAdmin(Proposed):
    list_display = ("jurisdiction", "opens", "closes", "source_codes")
    list_select_related = ("jurisdiction",)


@admin.register(IssuanceCap)
class IssuanceCapAdmin(Proposed):
    list_display = ("unit_type", "vintage_from", "units", "source_codes")
    list_select_related = ("unit_type",)


@admin.register(CorporateGroup)
class CorporateGroupAdmin(Proposed):
    list_display = ("code", "name", "source_codes")
    search_fields = ("code", "name")


@admin.register(GroupLimit)
class GroupLimitAdmin(Proposed):
    list_display = ("group", "registry", "unit_type", "units", "source_codes")
    list_select_related = ("group", "registry", "unit_type")


@admin.register(Reconciliation)
class ReconciliationAdmin(Ledger):
    list_display = ("registry", "unit_type", "reason", "began_at", "ended_at")
    list_select_related = ("registry", "unit_type")


@admin.register(AccountDay)
class AccountDayAdmin(Ledger):
    scope = "account__registry"
    list_display = ("account", "day", "units")
    list_select_related = ("account",)
