"""Accounts, with what they hold now."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry import account_numbers
from registry.models import Account
from registry.selectors import holdings

from . import shown
from .base import ByCode, Ledger


@admin.register(Account)
class AccountAdmin(Ledger):
    list_display = (
        "number",
        "name",
        "kind",
        shown.code_of("registry", _("registry")),
        "holder",
        "state",
    )
    list_filter = ("status", "kind", ("registry", ByCode))
    list_select_related = ("registry", "holder")
    search_fields = ("number", "name", "holder__code", "holder__name")
    search_help_text = _("An account number, or a part of a name.")
    ordering = ("pk",)
    change_form_template = "registry/admin/account.html"
    fields = (
        "number",
        "name",
        "kind",
        "registry",
        "holder",
        "stands_for",
        "status",
        "holding_limit",
        "opened_at",
        "closed_at",
    )

    def get_search_results(self, request, queryset, search_term):
        """A whole account number is looked up by its index."""
        if account_numbers.is_valid(search_term.strip()):
            return queryset.filter(number=search_term.strip()), False
        return super().get_search_results(request, queryset, search_term)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        held = None
        if request.method == "GET" and object_id.isdecimal():
            found = self.get_object(request, object_id)
            held = found and holdings.balances(account_id=found.pk)
        context = {**(extra_context or {}), "held": held}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("status"), ordering="status")
    def state(self, account):
        return shown.badge(account.status, account.get_status_display())
