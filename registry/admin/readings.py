"""Who has read what: for auditors and regulators, of the registries that they look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.models import Reading, Registry
from registry.selectors import readings

from .actors import actor_of
from .base import ReadOnly


class OfRegistry(admin.SimpleListFilter):
    """Readings of one of the registries whose readers the person may know."""

    title = _("registry")
    parameter_name = "registry"

    def lookups(self, request, model_admin):
        audited = permissions.audited_registries(actor_of(request))
        rows = Registry.objects.order_by("code").values_list("pk", "code")
        return list(rows if audited is None else rows.filter(pk__in=audited))

    def queryset(self, request, queryset):
        asked = self.value() or ""
        known = {str(pk) for pk, _code in self.lookup_choices}
        return queryset.filter(registries__contains=[asked]) if asked in known else queryset


@admin.register(Reading)
class ReadingAdmin(ReadOnly):
    scope = "registries"
    list_display = ("at", "person", "face", "route", "named", "of", "count", "status")
    list_filter = ("at", "face", OfRegistry)
    search_fields = ("=person__username", "=route")
    search_help_text = _("A username or a route, whole.")
    ordering = ("-pk",)
    fields = (
        *("at", "person", "api_key", "face", "route", "parameters", "filters"),
        *("of", "count", "status"),
    )

    def has_view_permission(self, request, obj=None):
        actor = actor_of(request)
        if actor is None:
            return False
        audited = permissions.audited_registries(actor)
        return audited is None or bool(audited)

    def get_queryset(self, request):
        # A page may ask for its row before it asks whether it may show it.
        if not self.has_view_permission(request):
            return Reading.objects.none()
        return readings.visible(actor_of(request)).order_by(*self.ordering)

    @admin.display(description=_("parameters of the address"))
    def named(self, row):
        return ", ".join(f"{name}={value}" for name, value in row.parameters.items())

    @admin.display(description=_("registries"))
    def of(self, row):
        return ", ".join(row.codes)
