"""What the lists have in common: scope, rights, and pages that do not count."""

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.selectors.scope import in_scope

from . import exports
from .actors import actor_of, has_a_role, reads_a_ledger
from .paging import BoundedPaginator

EXPORT = "export"


class ByCode(admin.RelatedFieldListFilter):
    """A filter that names rows by their codes, with their names in the reader's language."""

    def field_choices(self, field, request, model_admin):
        rows = field.remote_field.model.objects.order_by("code")
        return [(row.pk, str(row)) for row in rows]


class Listed(admin.ModelAdmin):
    """A list is headed by what it lists, in every language."""

    actions = None
    change_list_template = "registry/admin/list.html"
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(self, request, extra_context=None):
        form = request.GET.get(EXPORT)
        if form in exports.TYPES and self.has_view_permission(request):
            return self._exported(request, form)
        context = {
            "title": capfirst(self.opts.verbose_name_plural),
            "exports": [
                (self._address(request, exports.CSV), _("Export as CSV")),
                (self._address(request, exports.XLSX), _("Export as XLSX")),
            ],
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def _exported(self, request, form):
        """The list as a file; back to the list where the filters or the size are wrong."""
        request.GET = request.GET.copy()
        del request.GET[EXPORT]
        try:
            queryset = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect(f"{request.path}?e=1")
        name = self.opts.model_name
        if form == exports.CSV:
            return exports.as_csv(self, queryset, name)
        most = exports.LARGEST_WORKBOOK
        if queryset.order_by()[: most + 1].count() > most:
            text = _("There are more than %(rows)s rows: narrow the list, or export it as CSV.")
            messages.error(request, text % {"rows": number_format(most)})
            return redirect(f"{request.path}?{request.GET.urlencode()}")
        return exports.as_xlsx(self, queryset, name)

    def _address(self, request, form):
        asked = request.GET.copy()
        asked.pop("p", None)
        asked[EXPORT] = form
        return f"?{asked.urlencode()}"


class ReadOnly(Listed):
    """Rows that are written by services only, whatever the person's roles are."""

    change_form_template = "registry/admin/read_only.html"
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False

    def has_view_permission(self, request, obj=None):
        return has_a_role(request)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class Ledger(ReadOnly):
    """Rows of registries: a person sees those of the registries that they may read.

    `scope` is the path from the row to its registry.
    """

    scope = "registry"
    ordering = ("-pk",)

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request)

    def get_queryset(self, request):
        return in_scope(super().get_queryset(request), actor_of(request), self.scope)


class Governance(ReadOnly):
    """Who may do what: seen by those who have a role in the same registries."""

    scope = "registry"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        registries = actor_of(request).registries()
        if registries is None:
            return rows
        return rows.filter(**{f"{self.scope}__in": registries}).distinct()
