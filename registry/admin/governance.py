"""Representatives, requests, trusted accounts, stops: to be read here, written by services."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry.models import (
    AccountClass,
    AccountEvent,
    GovernanceDecision,
    GovernanceDocument,
    GovernanceRequest,
    HolderSuccession,
    RegistryRules,
    Representative,
    Stop,
    TrustedAccount,
)

from .base import ByCode, Ledger
from .reference_changes import Proposed
from .request_pages import RequestPages
from .shown import code_of, name

REGISTRY = code_of("registry", _("registry"))


@admin.register(RegistryRules)
class RegistryRulesAdmin(Proposed):
    list_display = (
        *("pk", "registry", "version", "most_representatives", "trusted_delay_days"),
        *("stop_quorum", "valid_from", "valid_to"),
    )
    list_select_related = ("registry",)


@admin.register(AccountClass)
class AccountClassAdmin(Proposed):
    list_display = ("code", name, "kind", REGISTRY, "per_holder")
    list_filter = ("kind", ("registry", ByCode))
    list_select_related = ("registry",)
    ordering = ("registry", "code")


@admin.register(Representative)
class RepresentativeAdmin(Ledger):
    scope = "account__registry"
    list_display = ("account", "person", "right", "valid_from", "valid_to", "suspended_at")
    list_filter = ("right", ("account__registry", ByCode))
    list_select_related = ("account", "person")
    search_fields = ("account__number", "person__username")


@admin.register(AccountEvent)
class AccountEventAdmin(Ledger):
    scope = "account__registry"
    list_display = ("at", "account", "kind", "person", "reason")
    list_filter = ("kind", ("account__registry", ByCode))
    list_select_related = ("account", "person")
    search_fields = ("account__number", "person__username")


@admin.register(GovernanceRequest)
class GovernanceRequestAdmin(RequestPages, Ledger):
    list_display = ("pk", "kind", REGISTRY, "account", "status", "requested_by", "requested_at")
    list_filter = ("status", "kind", ("registry", ByCode))
    list_select_related = ("registry", "account", "requested_by")
    search_fields = ("account__number", "requested_by__username")
    exclude = ("payload_hash",)


@admin.register(GovernanceDecision)
class GovernanceDecisionAdmin(Ledger):
    scope = "request__registry"
    list_display = ("at", "request", "person", "approved", "reason")
    list_select_related = ("request", "person")
    exclude = ("payload_hash",)


@admin.register(GovernanceDocument)
class GovernanceDocumentAdmin(Ledger):
    scope = "request__registry"
    list_display = ("name", "request", "media_type", "added_by", "added_at")
    list_select_related = ("request", "added_by")
    exclude = ("content", "digest")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")


@admin.register(TrustedAccount)
class TrustedAccountAdmin(Ledger):
    scope = "account__registry"
    list_display = ("account", "trusted", "added_at", "trusted_from", "provisional", "removed_at")
    list_select_related = ("account", "trusted")
    search_fields = ("account__number", "trusted__number")


@admin.register(Stop)
class StopAdmin(Ledger):
    list_display = (
        *("pk", REGISTRY, "account", "unit_type", "subject", "placed_by", "placed_at"),
        "lifted_at",
    )
    list_filter = (("registry", ByCode),)
    list_select_related = ("registry", "account", "unit_type", "placed_by")


@admin.register(HolderSuccession)
class HolderSuccessionAdmin(Ledger):
    scope = "request__registry"
    list_display = ("predecessor", "successor", "at", "request")
    list_select_related = ("predecessor", "successor", "request")
