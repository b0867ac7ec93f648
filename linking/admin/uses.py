"""Units of this node's registries that were used abroad, and credits that are retired here for a
use elsewhere: lists, and the page of one."""

from django.contrib import admin
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from linking.models import RetirementFor, UsedAbroad
from linking.selectors import retirements, uses
from registry.admin import shown
from registry.admin.actors import actor_of, reads_a_ledger, represents
from registry.admin.base import ByCode, ReadOnly

from . import retiring, sending


class Runs(ReadOnly):
    """Rows that are one run of serials each."""

    @admin.display(description=_("serials"), ordering="first")
    def serials(self, row):
        return f"{row.first}–{row.last}"

    @admin.display(description=_("quantity (units)"))
    def units(self, row):
        return shown.units(row.quantity)


@admin.register(UsedAbroad)
class UsedAbroadAdmin(Runs):
    read_paths = ("unit_type__registry",)
    list_display = (
        *("serials", shown.code_of("unit_type", _("unit type")), "units"),
        *(shown.code_of("registry", _("used in registry")), "use_badge", "period", "entity"),
        *("used_at", "undone_at"),
    )
    list_filter = ("use", ("unit_type", ByCode), ("registry", ByCode))
    search_fields = ("=first", "=last", "=posting", "entity")
    ordering = ("-pk",)
    fields = (
        *("serials", "unit_type", "units", "registry", "use_badge", "period", "entity"),
        *("posting", "used_at", "message", "kept_at", "undone_by", "undone_at"),
    )

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request)

    def get_queryset(self, request):
        return uses.visible(actor_of(request))

    @admin.display(description=_("use"), ordering="use")
    def use_badge(self, row):
        return shown.badge(row.use, row.get_use_display())


@admin.register(RetirementFor)
class RetirementForAdmin(Runs):
    read_paths = ("unit_type__registry",)
    list_display = (
        *("number", "state_badge", shown.code_of("unit_type", _("unit type")), "serials", "units"),
        *(shown.code_of("acceptor", _("acceptor's registry")), "account", "period", "ended_at"),
    )
    list_filter = ("state", ("unit_type", ByCode), ("acceptor", ByCode))
    search_fields = ("=id", "account", "=first")
    ordering = ("-pk",)
    fields = (
        *("state_badge", "unit_type", "serials", "units", "acceptor", "account", "period"),
        *("transaction", "message", "reasons", "ended_at"),
    )

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request) or represents(request)

    def get_queryset(self, request):
        return retirements.for_others(actor_of(request))

    def get_urls(self):
        view = self.admin_site.admin_view(retiring.retire)
        return [path("retire/", view, name="linking_retirementfor_retire"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = []
        if sending.may_send(actor_of(request)):
            tools = [(reverse("admin:linking_retirementfor_retire"), retiring.Retiring.title)]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    @admin.display(description=_("retirement"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, row):
        return shown.badge(row.state, row.get_state_display())

    @admin.display(description=_("why it is refused"))
    def reasons(self, row):
        told = (row.answer or {}).get("failures", ())
        return "; ".join(f"{each['code']}: {each['message']}" for each in told) or "–"
