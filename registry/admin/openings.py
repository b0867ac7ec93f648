"""What a registry brought with it when it moved here."""

from django.contrib import admin

from registry.models import LegacyBlock, OpeningBalance, OpeningTotal

from .base import Ledger


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(Ledger):
    list_display = ("id", "registry", "unit_type", "transaction", "source", "loaded_at")
    list_select_related = ("registry", "unit_type", "transaction__type")


@admin.register(OpeningTotal)
class OpeningTotalAdmin(Ledger):
    scope = "opening__registry"
    list_display = ("old_number", "account", "opening", "units")
    list_select_related = ("account", "opening")
    search_fields = ("old_number", "account__number")


@admin.register(LegacyBlock)
class LegacyBlockAdmin(Ledger):
    scope = "opening__registry"
    list_display = ("prefix", "old_first", "old_last", "opening", "first", "last")
    list_select_related = ("opening",)
    search_fields = ("=prefix",)
