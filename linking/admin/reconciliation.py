"""Comparisons with partners and their cases: lists, pages, and what two persons do about a case."""

from django import forms
from django.contrib import admin
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.models import ReconciliationCase, ReconciliationRun
from linking.selectors import cases
from linking.services.repair_case import approve_repair, possible, propose_repair, refuse_repair
from registry.admin import shown
from registry.admin.actors import actor_of, reads_a_ledger
from registry.admin.base import ByCode, ReadOnly
from registry.errors import NotFound
from registry.models import Role

from . import statements
from .acting import ActForm, Acts, reason

STATE = ReconciliationCase.State


@admin.register(ReconciliationRun)
class RunAdmin(ReadOnly):
    read_paths = ("unit_type__registry", "partner")
    list_display = (
        *("number", "result_badge", shown.code_of("unit_type", _("unit type"))),
        *(shown.code_of("partner", _("partner registry")), "expected", "held", "way", "began_at"),
    )
    list_filter = ("result", "trigger", ("unit_type", ByCode), ("partner", ByCode))
    fields = (
        *("result_badge", "trigger", "unit_type", "partner", "expected", "held", "way"),
        *("serials", "questions", "size", "position", "partner_position", "began_at", "ended_at"),
    )

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request)

    def get_queryset(self, request):
        return cases.runs(actor_of(request))

    def get_urls(self):
        view = self.admin_site.admin_view(statements.hand_in)
        page = path("statement/", view, name="linking_reconciliationrun_statement")
        return [page, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = []
        if statements.own_types(actor_of(request)).exists():
            address = reverse("admin:linking_reconciliationrun_statement")
            tools = [(address, statements.TITLE)]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    @admin.display(description=_("comparison"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("result"), ordering="result")
    def result_badge(self, row):
        return shown.badge(row.result, row.get_result_display())

    @admin.display(description=_("expected abroad (units)"))
    def expected(self, row):
        return "–" if row.units is None else shown.units(row.units)

    @admin.display(description=_("held abroad (units)"))
    def held(self, row):
        return "–" if row.partner_units is None else shown.units(row.partner_units)

    @admin.display(description=_("on the way (units)"))
    def way(self, row):
        return shown.units(row.on_the_way)

    @admin.display(description=_("serials that differ"))
    def serials(self, row):
        return ranges([each[:2] for each in row.differences])


class RepairForm(ActForm):
    """How a case is to end."""

    repair = forms.ChoiceField(label=_("Repair"))
    reason = reason()

    def fit(self):
        words = dict(ReconciliationCase.Repair.choices)
        self.fields["repair"].choices = [
            (value, words[value]) for value in possible(self.told["found"])
        ]


class DecisionForm(ActForm):
    """What a second person says."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("approve", _("Approve")), ("refuse", _("Refuse"))]
    )


@admin.register(ReconciliationCase)
class CaseAdmin(Acts, ReadOnly):
    read_paths = ("registry",)
    list_display = (
        *("number", "state_badge", "kind", shown.code_of("registry", _("registry"))),
        *(
            shown.code_of("partner", _("partner registry")),
            shown.code_of("unit_type", _("unit type")),
        ),
        *("quantity", "opened_at"),
    )
    list_filter = ("state", "kind", ("registry", ByCode), ("partner", ByCode))
    fields = ("state", "kind")
    change_form_template = "linking/admin/case.html"
    acts = {
        "propose": (RepairForm, _("Propose a repair"), "linking/admin/case_act.html", True),
        "decide": (DecisionForm, _("Decide on the repair"), "linking/admin/case_act.html", True),
    }

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request)

    def get_queryset(self, request):
        return cases.visible(actor_of(request))

    def get_urls(self):
        act = path(
            "<int:pk>/act/<str:act>/",
            self.admin_site.admin_view(self.act),
            name="linking_reconciliationcase_act",
        )
        return [act, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= _told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("case"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, row):
        return shown.badge(row.state, row.get_state_display())

    @admin.display(description=_("quantity (units)"), ordering="units")
    def quantity(self, row):
        return shown.units(row.units)

    def _seen_by(self, request, pk, act):
        told = _told(request, pk)
        if not told:
            return None
        found = told["found"]
        return {
            **told,
            "seen": f"{found.state}-{found.repair}",
            "fits": act == told["next_act"],
            "title": f"{self.acts[act][1]}: #{found.pk}",
            "address": reverse("admin:linking_reconciliationcase_change", args=[found.pk]),
        }

    def _done(self, request, told, act, said):
        by = {"actor": actor_of(request), "number": told["found"].pk, "at": timezone.now()}
        if act == "propose":
            propose_repair(**by, repair=said["repair"], reason=said["reason"])
            return _("The repair waits for another administrator.")
        if said["decision"] == "refuse":
            refuse_repair(**by)
            return _("The case stays open, and its units frozen.")
        approve_repair(**by)
        return _("The case is closed.")


def _told(request, pk):
    """A case, and what its reader may do next; nothing where they may not see it."""
    actor = actor_of(request)
    try:
        found = cases.find(actor, pk)
    except NotFound:
        return {}
    is_own = Role.ADMINISTRATOR in actor.roles_in(found.registry_id)
    next_act = {STATE.OPEN: "propose", STATE.PROPOSED: "decide"}.get(found.state, "")
    return {
        "found": found,
        "serials": ranges(found.ranges),
        "own_parties": [found.registry] if is_own else [],
        "next_act": next_act,
        "next_name": CaseAdmin.acts[next_act][1] if next_act else "",
    }


def ranges(rows) -> str:
    """Runs of serials in one line; the first hundred."""
    said = ", ".join(f"{first}–{last}" for first, last in rows[:100])
    return f"{said}, …" if len(rows) > 100 else said
