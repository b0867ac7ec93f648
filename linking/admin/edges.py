"""Edges in force: the list, the page of one with its meters, and stopping and opening it."""

import hashlib

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.models import LinkEdge
from linking.permissions import own_parties
from linking.selectors import agreements, edges
from linking.services.change_edge import Act, resume, suspend
from linking.services.stop_edge import stop_edge
from linking.services.watch import watch
from registry.admin import shown
from registry.admin.actors import actor_of, has_a_role, represents
from registry.admin.base import ByCode, ReadOnly
from registry.errors import DomainError

from . import meters, reading, wording
from .acting import ActForm, Acts, last_day, reason
from .allotting import AllotmentForm, give_out, given_out
from .observing import ObservationForm, seen_in

OPEN = ("pilot", "active")


class SuspensionForm(ActForm):
    """Why a link stops, and until when units that are held stay usable."""

    reason = reason()
    grace_until = last_day()
    emergency = forms.BooleanField(
        label=_("Emergency stop"),
        required=False,
        help_text=_("Nobody resumes the link until a quorum of the registry has lifted the stop."),
    )


class ResumptionForm(ActForm):
    """Why a link goes on."""

    reason = reason()


class MeterForm(forms.Form):
    """Whose quotas the meters show, and of which period."""

    entity = forms.CharField(label=_("Account holder"), required=False, max_length=40)
    period = forms.CharField(label=_("Period"), required=False, max_length=32)


class WithStates(ChangeList):
    """A page of the list, each edge with its state."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = edges.told(self.result_list, timezone.now())


@admin.register(LinkEdge)
class LinkEdgeAdmin(Acts, ReadOnly):
    read_paths = ("version__agreement__parties__registry",)
    list_display = (
        *(
            "edge_id",
            shown.code_of("source", _("source")),
            shown.code_of("acceptor", _("acceptor")),
        ),
        *("form_of_link", "factor", "state", "agreement"),
    )
    list_filter = (("source", ByCode), ("acceptor", ByCode))
    search_fields = ("edge_id", "version__agreement__code")
    ordering = ("edge_id",)
    fields = ("edge_id", "source", "acceptor")
    change_form_template = "linking/admin/edge.html"
    acts = {
        "suspend": (SuspensionForm, _("Suspend the link"), "linking/admin/edge_act.html", True),
        "observe": (
            ObservationForm,
            _("Report what was observed"),
            "linking/admin/observe.html",
            True,
        ),
        "allot": (AllotmentForm, _("Give out a quota"), "linking/admin/allot.html", True),
        "resume": (ResumptionForm, _("Resume the link"), "linking/admin/edge_act.html", True),
    }

    def has_view_permission(self, request, obj=None):
        return has_a_role(request) or represents(request)

    def get_queryset(self, request):
        return edges.in_force()

    def get_changelist(self, request, **kwargs):
        return WithStates

    def get_urls(self):
        act = path(
            "<int:pk>/act/<str:act>/",
            self.admin_site.admin_view(self.act),
            name="linking_linkedge_act",
        )
        return [act, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= _told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    def _seen_by(self, request, pk, act):
        at = timezone.now()
        row = edges.in_force().filter(pk=pk).first()
        if row is None:
            return None
        actor = actor_of(request)
        pair = edges.with_partners(row, at)
        own = own_parties(actor, row.version.agreement)
        return {
            "edge": pair[0],
            "pair": pair,
            "own_parties": [each for each in own if each.jurisdiction_id == row.acceptor_id],
            "seen": _states(pair),
            "fits": act in _acts_of(pair[0]),
            "triggers": reading.said("suspension.triggers", _triggers(pair[0])),
            "title": f"{self.acts[act][1]}: {row.edge_id}",
            "address": reverse("admin:linking_linkedge_change", args=[row.pk]),
        }

    def _done(self, request, told, act, said):
        row = told["edge"]
        by = {
            "actor": actor_of(request),
            "agreement": row.version.agreement.code,
            "edge_id": row.edge_id,
            "at": timezone.now(),
        }
        if act == "observe":
            del by["agreement"]
            return _told_of(watch(seen=seen_in(said), **by))
        if act == "allot":
            return give_out(row, said, actor=by["actor"])
        if act == "suspend":
            stop = stop_edge if said["emergency"] else suspend
            made = stop(act=Act("suspended", "manual", said["reason"], said["grace_until"]), **by)
        else:
            made = resume(reason=said["reason"], **by)
        return "; ".join(f"{each.edge_id}: {each.get_state_display()}" for each in made)

    @admin.display(description=_("form of link"))
    def form_of_link(self, row):
        return wording.form_name(row.document["form"])

    @admin.display(description=_("factor"))
    def factor(self, row):
        return getattr(row, "now", row.document)["factor"]["value"]

    @admin.display(description=_("state"))
    def state(self, row):
        if not hasattr(row, "state"):
            (row,) = edges.told([row], timezone.now())
        return shown.badge(row.state, wording.word("state", row.state))

    @admin.display(description=_("agreement"))
    def agreement(self, row):
        return row.version.agreement.code


def _states(pair) -> str:
    """A digest of the states that a page shows: whoever sends it back has seen these."""
    told = " ".join(f"{each.edge_id}:{each.state}:{each.since}" for each in pair)
    return hashlib.sha256(told.encode()).hexdigest()


def _acts_of(row):
    """What can be done to an edge in its state."""
    if row.state in OPEN:
        return ["suspend", "observe", *(["allot"] if given_out(row) else [])]
    return ["resume"] if row.state == "suspended" else []


def _triggers(row):
    return row.document.get("suspension", {}).get("triggers", [])


def _told_of(kinds):
    """What came of a report, for who has made it."""
    if not kinds:
        return _("No trigger has fired: the link goes on.")
    words = ", ".join(str(wording.TRIGGERS[kind]) for kind in kinds)
    return _("The link is suspended: %(triggers)s.") % {"triggers": words}


def _told(request, pk):
    """Everything about one edge; nothing where it is not in force."""
    row = edges.in_force().filter(pk=pk).first()
    if row is None:
        return {}
    at, actor = timezone.now(), actor_of(request)
    pair = edges.with_partners(row, at)
    edge = pair[0]
    # Who represents one holder sees the quotas of that one.
    own = {"entity": edges.own_holder(actor, row)}
    asked = MeterForm(request.GET or None, initial=own)
    accepts = {each.jurisdiction_id for each in own_parties(actor, row.version.agreement)}
    visible = agreements.visible(actor).filter(pk=row.version.agreement_id).exists()
    return {
        "edge": edge,
        "pair": pair,
        "may_read_agreement": visible,
        "acts": [(act, LinkEdgeAdmin.acts[act][1]) for act in _acts_of(edge)]
        if edge.acceptor_id in accepts
        else [],
        "groups": reading.groups(edge.document),
        "history": reading.changes(edges.history(edge)),
        "next_change": edges.next_change(edge, at),
        "next_phase": edges.next_phase(edge, at.date()),
        "asked": asked,
        **_metered(actor, edge, asked, at),
    }


def _metered(actor, edge, asked, at):
    said = asked.initial
    if asked.is_bound:
        said = asked.cleaned_data if asked.is_valid() else {}
    try:
        entity = edges.entity_for(actor, edge, said.get("entity") or None)
    except DomainError as error:
        return {"meters": [], "wrong": error.failures}
    period = said.get("period") or str(at.year)
    return {"meters": meters.of_edge(edge, entity=entity, period=period, at=at), "period": period}
