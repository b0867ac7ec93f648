"""Changes of reference data: proposed on the page of a row, decided here by somebody else."""

from dataclasses import replace

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import BinaryField
from django.http import Http404
from django.shortcuts import redirect
from django.template.defaultfilters import yesno
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry import reference_tables
from registry.errors import DomainError, NotFound
from registry.models import (
    Operation,
    ReferenceChange,
    ReferenceHistory,
    ReferenceLoading,
    ReferenceTable,
)
from registry.selectors import reference_changes, reference_rows
from registry.services.reference_changes import (
    Change,
    approve_change,
    propose_change,
    reject_change,
    withdraw_change,
)

from . import kept_forms, shown
from .actors import actor_of, administers_the_system
from .base import Listed, ReadOnly
from .deciding import Decided, complain

CHANGES = "admin:registry_referencechange_change"
PROPOSED = _("Proposed. Another system administrator decides; until then nothing changes.")
REASON, SOURCE = "reason_for_the_change", "source_of_the_change"

# What a row says is asked for before where that is from.
LAST = ("source_codes", "confidence")


def _withdraw(*, payload_hash, **said):
    return withdraw_change(**said)


# What a person can say of a change that waits: the service, the heading, the button.
ACTS = {
    "approve": (approve_change, _("Approve change"), _("Approve")),
    "reject": (reject_change, _("Reject change"), _("Reject")),
    "withdraw": (_withdraw, _("Withdraw change"), _("Withdraw")),
}


class WhyForm(forms.Form):
    """What every change says besides the row."""

    reason_for_the_change = forms.CharField(
        label=_("Reason for the change"), widget=forms.Textarea(attrs={"rows": 2})
    )
    source_of_the_change = forms.CharField(
        label=_("Source of the change"), help_text=_("Where what is proposed can be read.")
    )


class ProposedForm(forms.ModelForm):
    """The form of a row. Saving it proposes what it says, together with why."""

    reason_for_the_change = WhyForm.base_fields[REASON]
    source_of_the_change = WhyForm.base_fields[SOURCE]


class Proposed(Listed):
    """Rows that change by proposals: the usual form, whose saving writes a proposal only."""

    list_per_page = 100
    form = ProposedForm
    change_form_template = "registry/admin/reference_form.html"
    add_form_template = "registry/admin/reference_form.html"

    @property
    def table(self):
        return reference_tables.table_of(self.model)

    def has_view_permission(self, request, obj=None):
        return actor_of(request) is not None and bool(actor_of(request).roles)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request, obj=None):
        return self._allows(request, Operation.ADD)

    def has_change_permission(self, request, obj=None):
        return self._allows(request, Operation.CHANGE)

    def has_delete_permission(self, request, obj=None):
        return self._allows(request, Operation.DELETE)

    def _allows(self, request, operation):
        return operation in self.table.operations and administers_the_system(request)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A list to choose from; what it lists is proposed on its own pages, not in a window."""
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if found is not None and isinstance(found.widget, RelatedFieldWidgetWrapper):
            found.widget = found.widget.widget
        return found

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        return (*super().get_readonly_fields(request, obj), *self.table.fixed, *self._computed())

    def get_fields(self, request, obj=None):
        said = self.fields or sorted(
            (field.name for field in self.table.fields()), key=LAST.__contains__
        )
        return [*said, *(self._computed() if obj is not None else ())]

    def _computed(self):
        names = self.table.computed
        fields = [self.opts.get_field(name) for name in names]
        return [field.name for field in fields if not isinstance(field, BinaryField)]

    def get_fieldsets(self, request, obj=None):
        """The row first, and last why it shall be so."""
        sets = [(None, {"fields": self.get_fields(request, obj)})]
        writes = self.has_change_permission(request) if obj else self.has_add_permission(request)
        if writes:
            sets.append((_("Why"), {"fields": (REASON, SOURCE)}))
        return sets

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What the service refuses is told on the form; nothing was written."""
        context = dict(extra_context or {})
        if object_id is not None and str(object_id).isdecimal():
            context["waiting"] = self._waiting(int(object_id))
        context["show_save_and_continue"] = context["show_save_and_add_another"] = False
        if request.method == "GET":
            request.typed = kept_forms.kept(request)
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except DomainError as error:
            complain(request, error)
            return redirect(request.get_full_path())

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The form; filled in as the person had typed it where their session ended meanwhile."""
        form = super().get_form(request, obj, change=change, **kwargs)
        typed = getattr(request, "typed", None)
        if not typed:
            return form

        class Typed(form):
            def __init__(self, *args, **options):
                super().__init__(*(args or [MultiValueDict(typed)]), **options)

        return Typed

    def save_model(self, request, obj, form, change):
        values = {name: _said(form.cleaned_data[name]) for name in form.cleaned_data}
        asked = Change(
            self.table.name,
            Operation.CHANGE if change else Operation.ADD,
            values.pop(REASON),
            values.pop(SOURCE),
            values=values,
            row_id=obj.pk,
        )
        request.proposed = propose_change(actor=actor_of(request), change=asked, at=timezone.now())

    def save_related(self, request, form, formsets, change):
        """Nothing: rows that belong to this one have proposals of their own."""

    def construct_change_message(self, request, form, formsets, add=False):
        """None is needed: nothing was written."""
        return []

    def log_addition(self, request, obj, message):
        """Nothing: the history of rows is kept by the database."""

    def log_change(self, request, obj, message):
        """Nothing: the history of rows is kept by the database."""

    def response_add(self, request, obj, post_url_continue=None):
        return self._proposed(request)

    def response_change(self, request, obj):
        return self._proposed(request)

    def _proposed(self, request):
        messages.success(request, PROPOSED)
        return redirect(CHANGES, request.proposed.pk)

    def _waiting(self, pk):
        waiting = ReferenceChange.objects.filter(table=self.table.name, row_id=pk)
        return waiting.filter(status=ReferenceChange.Status.WAITING).first()

    def delete_view(self, request, object_id, extra_context=None):
        """Asks why the row shall go, and proposes it."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_delete_permission(request, row):
            return super().delete_view(request, object_id, extra_context)
        form = WhyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            asked = Change(
                self.table.name, Operation.DELETE, said[REASON], said[SOURCE], row_id=row.pk
            )
            try:
                request.proposed = propose_change(
                    actor=actor_of(request), change=asked, at=timezone.now()
                )
                return self._proposed(request)
            except DomainError as error:
                complain(request, error)
        record = reference_rows.record(self.table, row.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Propose a deletion"),
            "subtitle": str(row),
            "opts": self.opts,
            "original": row,
            "form": form,
            "differences": _differences(self.table.name, record, None),
            "media": self.media,
        }
        return TemplateResponse(request, "registry/admin/reference_delete.html", context)

    def history_view(self, request, object_id, extra_context=None):
        """What happened to the row: when, by which change, proposed and approved by whom."""
        if not self.has_view_permission(request) or not str(object_id).isdecimal():
            raise Http404
        rows = list(reference_changes.history(self.table.name, int(object_id))[:200])
        if not rows:
            raise Http404
        row = self.get_object(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(row) if row else f"{self.opts.verbose_name} #{object_id}",
            "opts": self.opts,
            "original": row,
            "rows": [
                (each, [d for d in _differences(each.table, each.old, each.new) if d.differs])
                for each in rows
            ],
        }
        return TemplateResponse(request, "registry/admin/reference_history.html", context)


@admin.register(ReferenceChange)
class ReferenceChangeAdmin(Decided, ReadOnly):
    """The list of all changes, and the page on which one is decided."""

    acts = ACTS
    told_template = "registry/admin/reference_told.html"
    list_display = ("number", "table", "operation", "identity", "state", "proposer", "proposed_at")
    list_filter = ("status", "table", "operation")
    list_select_related = ("proposer",)
    search_fields = ("identity", "reason", "source", "proposer__username")
    ordering = ("-pk",)
    change_form_template = "registry/admin/told_page.html"
    fields = ("table", "identity")

    def get_urls(self):
        return [self.decision_path(), *super().get_urls()]

    def _say(self, request, number, service, said):
        service(actor=actor_of(request), change_id=number, **said)
        done = ReferenceChange.objects.get(pk=number)
        text = _("Change #%(number)s: %(status)s.")
        return text % {"number": number, "status": done.get_status_display()}

    def _told(self, request, number):
        actor = actor_of(request)
        try:
            found = reference_changes.find(actor, number)
        except NotFound:
            return {}
        differences = _differences(found.table, found.old, found.new)
        return {
            "found": found,
            "heading": f"{capfirst(found.get_table_display())} {found.identity}",
            "badge": shown.badge(found.status, found.get_status_display()),
            "differences": differences,
            "changed": sum(each.differs for each in differences),
            "stale": found.status == "waiting" and reference_changes.is_stale(found),
            "row_address": _row_address(found),
            "digest": shown.digest(found.payload_hash),
            "payload_hash": bytes(found.payload_hash).hex(),
            "acts": [(act, ACTS[act][2]) for act in reference_changes.open_acts(actor, found)],
        }

    @admin.display(description=_("change of reference data"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("status"), ordering="status")
    def state(self, row):
        return shown.badge(row.status, row.get_status_display())


@admin.register(ReferenceHistory)
class ReferenceHistoryAdmin(ReadOnly):
    list_display = ("at", "table", "row_id", "operation", "change", "loading", "role")
    list_filter = ("table", "operation")
    list_select_related = ("change", "loading")
    ordering = ("-pk",)


@admin.register(ReferenceLoading)
class ReferenceLoadingAdmin(ReadOnly):
    list_display = ("begun_at", "what", "role")
    ordering = ("-pk",)


def _differences(table, old, new):
    """Field by field, with the words for choices and for yes and no."""
    model = reference_tables.TABLES[ReferenceTable(table)].model
    return [
        replace(
            each,
            old=_words(model._meta.get_field(each.field), each.old),
            new=_words(model._meta.get_field(each.field), each.new),
        )
        for each in reference_changes.differences(table, old, new)
    ]


def _words(field, value):
    if isinstance(value, bool):
        return yesno(value)
    if isinstance(value, list):
        return ", ".join(value)
    return dict(field.flatchoices).get(value, value)


def _row_address(change):
    """The page of the row, where there is one by now."""
    if change.row_id is None:
        return None
    model = reference_tables.TABLES[ReferenceTable(change.table)].model
    if not model.objects.filter(pk=change.row_id).exists():
        return None
    return reverse(f"admin:registry_{model._meta.model_name}_change", args=[change.row_id])


def _said(value):
    """What a form has read, in the form that the service takes: codes for rows."""
    return value.code if hasattr(value, "_meta") else value
