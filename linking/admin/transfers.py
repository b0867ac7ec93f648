"""Transfers over links: the list, the page of one with its parts, and the pages that send."""

from django.contrib import admin
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.models import LinkEdge, Transfer
from linking.selectors import transfers
from linking.selectors.timeline import timeline
from linking.services.accept_incoming import accept_incoming, refuse_incoming
from registry.admin import shown
from registry.admin.actors import actor_of, reads_a_ledger, represents
from registry.admin.base import ByCode, ReadOnly
from registry.models import Role, Transaction

from . import sending
from .acting import ActForm, Acts, reason

ACT = "linking/admin/transfer_act.html"


class RefusalForm(ActForm):
    """Why a transfer is not accepted; the sender reads it."""

    reason = reason()


@admin.register(Transfer)
class TransferAdmin(Acts, ReadOnly):
    read_paths = ("sender", "receiver")
    list_display = (
        *("number", "state", "edge_name", "way", shown.code_of("unit_type", _("unit type"))),
        *("units", "accepted_at", "ended_at"),
    )
    list_filter = ("state", "method", ("sender", ByCode), ("receiver", ByCode), "role")
    search_fields = ("=id", "edge__edge_id", "destination__number", "account_abroad", "uuid")
    ordering = ("-pk",)
    fields = ("method", "state", "quantity")
    change_form_template = "linking/admin/transfer.html"
    acts = {
        "accept": (ActForm, _("Accept the transfer"), ACT, True),
        "refuse": (RefusalForm, _("Refuse the transfer"), ACT, True),
    }

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request) or represents(request)

    def get_queryset(self, request):
        return transfers.visible(actor_of(request))

    def get_urls(self):
        view = self.admin_site.admin_view
        send = path("send/", view(sending.send), name="linking_transfer_send")
        act = path("<int:pk>/act/<str:act>/", view(self.act), name="linking_transfer_act")
        return [send, act, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = []
        if sending.may_send(actor_of(request)):
            tools = [(reverse("admin:linking_transfer_send"), _("Send units over a link"))]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= _told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    def _seen_by(self, request, pk, act):
        found = transfers.visible(actor_of(request)).filter(pk=pk).first()
        if found is None:
            return None
        return {
            "found": found,
            "own_parties": [found.receiver] if _accepts(request, found) else [],
            "seen": f"{found.state}-{found.accepted_by_id}",
            "title": f"{self.acts[act][1]}: #{pk}",
            "address": reverse("admin:linking_transfer_change", args=[pk]),
        }

    def _done(self, request, told, act, said):
        by = {"actor": actor_of(request), "number": told["found"].pk, "at": timezone.now()}
        if act == "refuse":
            refuse_incoming(reason=said["reason"], **by)
            return _("The transfer is refused.")
        accept_incoming(**by)
        return _("The transfer is accepted.")

    @admin.display(description=_("transfer"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("state"), ordering="state")
    def state(self, row):
        return shown.badge(row.state, row.get_state_display())

    @admin.display(description=_("edge"))
    def edge_name(self, row):
        return row.edge.edge_id if row.edge else "–"

    @admin.display(description=_("from and to"))
    def way(self, row):
        return f"{row.sender.code} → {row.receiver.code}"

    @admin.display(description=_("quantity (units)"), ordering="quantity")
    def units(self, row):
        return shown.units(row.quantity)


def _accepts(request, found):
    """Whether the person may say for the receiver that it takes the units, and that is waited
    for."""
    is_own = Role.ADMINISTRATOR in actor_of(request).roles_in(found.receiver_id)
    return is_own and transfers.waits(found)


def _told(request, pk):
    """One transfer with its parts; nothing where the person may not see it."""
    found = transfers.visible(actor_of(request)).filter(pk=pk).first()
    if found is None:
        return {}
    visible = admin.site._registry[Transaction].get_queryset(request)
    halves = [found.source_transaction_id, found.destination_transaction_id]
    in_force = LinkEdge.objects.filter(version__status="in_force")
    return {
        "found": found,
        "parts": [_part(part) for part in found.parts.all()],
        "readable": set(visible.filter(pk__in=halves).values_list("pk", flat=True)),
        "messages_said": timeline(found),
        "acts": [
            (reverse("admin:linking_transfer_act", args=[pk, name]), given[1])
            for name, given in TransferAdmin.acts.items()
            if _accepts(request, found)
        ],
        "failures": (found.answer or {}).get("failures", ()),
        "onward": transfers.onward_of(found),
        "edge": found.edge and in_force.filter(edge_id=found.edge.edge_id).first(),
    }


def _part(part):
    """A part with what was decided: the factor, the discounted units, each limit in tonnes."""
    outcome = part.decision.outcome if part.decision else {}
    part.factor = outcome.get("factor", "–")
    part.remainder = sum(int(units) for units in outcome.get("remainder", {}).values())
    part.limits = [
        (limit["period"], *(int(limit[name]) // limit["scale"] for name in ("before", "after")))
        for limit in outcome.get("limits", ())
    ]
    part.notes = [*outcome.get("events", ()), *outcome.get("notes", ())]
    return part
