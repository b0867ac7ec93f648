"""Credits retired elsewhere: the list, one with its evidence and decision, and deciding on it."""

from types import SimpleNamespace

from django.contrib import admin
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.models import ExternalRetirement, LinkEdge
from linking.selectors import retirements
from linking.services.retire_elsewhere import confirm_retirement, refuse_retirement
from registry.admin import shown
from registry.admin.actors import actor_of, reads_a_ledger, represents
from registry.admin.base import ByCode, ReadOnly
from registry.models import Role, Transaction

from . import stating
from .acting import ActForm, Acts

STATE = ExternalRetirement.State
DECIDE = {"confirm": confirm_retirement, "refuse": refuse_retirement}
TEMPLATE = "linking/admin/retirement_act.html"


@admin.register(ExternalRetirement)
class ExternalRetirementAdmin(Acts, ReadOnly):
    read_paths = ("account__registry",)
    list_display = (
        *("number", "state_word", shown.code_of("unit_type", _("unit type")), "serial", "units"),
        *("account_number", "edge_name", "retired_on", "stated_by", "decided_by"),
    )
    list_filter = ("state", ("unit_type", ByCode), ("account__registry", ByCode))
    search_fields = ("=id", "serial", "account__number")
    ordering = ("-pk",)
    fields = ("serial", "state")
    change_form_template = "linking/admin/retirement.html"
    acts = {
        "confirm": (ActForm, _("Confirm and issue"), TEMPLATE, True),
        "refuse": (ActForm, _("Refuse"), TEMPLATE, True),
    }

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request) or represents(request)

    def get_queryset(self, request):
        return retirements.visible(actor_of(request))

    def get_urls(self):
        view = self.admin_site.admin_view
        act = path("<int:pk>/act/<str:act>/", view(self.act), name="linking_externalretirement_act")
        begin = path("state/", view(stating.state), name="linking_externalretirement_state")
        return [begin, act, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = []
        if stating.may_state(actor_of(request)):
            tools = [(reverse("admin:linking_externalretirement_state"), stating.Stating.title)]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= _told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    def _seen_by(self, request, pk, act):
        told = _told(request, pk)
        if not told:
            return None
        found = told["found"]
        return {
            **told,
            "own_parties": _deciding(actor_of(request), found),
            "seen": found.state,
            "fits": bool(told["acts"]),
            "title": f"{self.acts[act][1]}: {found.serial}",
            "address": reverse("admin:linking_externalretirement_change", args=[pk]),
        }

    def _done(self, request, told, act, said):
        DECIDE[act](actor=actor_of(request), number=told["found"].pk, at=timezone.now())
        if act == "confirm":
            return _("Confirmed: the units are issued.")
        return _("Refused: serials and quotas are free again.")

    @admin.display(description=_("statement"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, row):
        return shown.badge(row.state, row.get_state_display())

    @admin.display(description=_("quantity (units)"))
    def units(self, row):
        return shown.units(row.quantity)

    @admin.display(description=_("account"), ordering="account")
    def account_number(self, row):
        return row.account.number

    @admin.display(description=_("edge"))
    def edge_name(self, row):
        return row.decision.edge.edge_id


def _deciding(actor, found):
    """For whom the person may decide: the acceptor, whose registry they administer."""
    if Role.ADMINISTRATOR not in actor.roles_in(found.account.registry_id):
        return []
    return [SimpleNamespace(jurisdiction=found.account.registry.jurisdiction)]


def _told(request, pk):
    """One statement with what was decided; nothing where the person may not see it."""
    actor = actor_of(request)
    found = retirements.visible(actor).filter(pk=pk).first()
    if found is None:
        return {}
    outcome = found.decision.outcome
    visible = admin.site._registry[Transaction].get_queryset(request)
    in_force = LinkEdge.objects.filter(version__status="in_force")
    may = found.state == STATE.STATED and found.stated_by_id != actor.person_id
    acts = [(name, given[1]) for name, given in ExternalRetirementAdmin.acts.items()]
    return {
        "found": found,
        "outcome": outcome,
        "limits": [
            (limit["period"], *(int(limit[name]) // limit["scale"] for name in ("before", "after")))
            for limit in outcome["limits"]
        ],
        "converts_to": found.decision.edge.document["converts_to"].get(found.unit_type.code),
        "digest": shown.digest(found.document_hash),
        "edge": in_force.filter(edge_id=found.decision.edge.edge_id).first(),
        "is_own": found.state == STATE.STATED and found.stated_by_id == actor.person_id,
        "readable": visible.filter(pk=found.transaction_id).exists(),
        "acts": acts if may and _deciding(actor, found) else [],
    }
