"""The wizard that sends units over a link: accounts, units, what the acceptor would decide.

What is said goes through the service that the API calls as well; the last page is a dry run of it,
with the meter of each quota that it would take from.
"""

from types import SimpleNamespace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.decide import LimitKey
from linking.selectors import edges, transfers
from linking.services.plan import Order, towards
from linking.services.send_onward import send_onward
from linking.services.transfer import transfer
from linking.services.try_transfer import try_transfer
from registry import permissions
from registry.admin.actors import actor_of
from registry.admin.wizards.fields import named_block
from registry.admin.wizards.flow import Wizard
from registry.admin.wizards.proposal_forms import OF_VINTAGE
from registry.models import Account, Transaction, UnitType
from registry.selectors import accounts, foreseen, proposable

from . import meters
from .sending_forms import LinkedAccounts, SentUnits, day

# Every kind of unit may cross a link: its edge says which.
ANY = SimpleNamespace(unit_kinds=("allowance", "credit", "contract"), reason_required=False)
SHOWN = 100


def may_send(actor) -> bool:
    """Whether the person may propose in a registry, or from an account that they represent."""
    if actor is None:
        return False
    decides = any(roles & permissions.DECIDERS for roles in actor.roles.values())
    return decides or bool(proposable.accounts(actor))


def send(request):
    """All pages, at one address."""
    if not may_send(actor_of(request)):
        raise PermissionDenied
    return Sending(request).respond()


class Sending(Wizard):
    """The pages of one transfer to a registry of this node or of another one."""

    steps = (LinkedAccounts, SentUnits)
    preview_template = "linking/admin/send_check.html"
    title = _("Send units over a link")
    last_heading = _("Check and send")
    submit_word = _("Send")
    start_word = _("Transfers over links")
    names_use = schedules = False

    def __init__(self, request):
        super().__init__(request)
        self.at, self.type, self.registry = timezone.now(), ANY, None

    @property
    def start(self):
        return reverse("admin:linking_transfer_changelist")

    def account(self, number):
        """The account that gives.   Raises: NotFound."""
        return accounts.find(self.actor, number)

    def account_words(self, number):
        found = Account.objects.filter(number=number).first()
        return f"{found.number} {found.name}" if found else number

    def place_of(self, failure):
        return PLACES.get(failure.code, ("quantity",) if failure.data.get("edge") else ())

    def preview(self, known):
        """What the acceptor would decide, what its limits would lose, how the sending begins."""
        order = self._order(known)
        tried = try_transfer(
            actor=self.actor,
            order=order,
            at=self.at,
            reason=known.get("reason", ""),
            through=_through(known),
        )
        context = {"bars": self._bars(order, tried), "tried": tried}
        if tried.trial.failures:
            return {**context, "most": _most(tried.trial.failures)}, tried.trial.failures
        outcomes = [part.decision.outcome for part in tried.parts]
        return {
            **context,
            "status": Transaction.Status(tried.trial.status),
            "decisions": list(zip(tried.parts, outcomes, strict=True)),
            "credited": sum(part.credited for part in tried.parts),
            "withheld": sum(part.withheld for part in tried.parts),
            "remainder": sum(
                int(units) for told in outcomes for units in told["remainder"].values()
            ),
            "sides": foreseen.side_by_side(tried.trial.changes, limit=SHOWN),
            "way_home": tried.method == "repatriation",
        }, []

    def _bars(self, order, tried):
        """The meters of the edge, with what the transfer would take where it is accepted; those
        of another node are there."""
        row = None if order.abroad or tried.method == "repatriation" else self._edge(order)
        if row is None:
            return []
        takes = {}
        for part in tried.parts:
            for limit in part.decision.outcome["limits"]:
                key = LimitKey(limit["pool"], limit["entity"], limit["period"])
                left = [int(limit[name]) // limit["scale"] for name in ("before", "after")]
                takes[key] = takes.get(key, 0) + left[0] - left[1]
        entity = Account.objects.values_list("holder_id", flat=True).get(pk=order.destination)
        period = order.period or str(self.at.year)
        return meters.of_edge(row, entity=entity, period=period, at=self.at, takes=takes)

    def _edge(self, order):
        """The edge in force from the registry that gives to the one that receives."""
        ends = Account.objects.select_related("registry").in_bulk([order.source, order.destination])
        rows = edges.in_force().filter(
            source=ends[order.source].registry.jurisdiction_id,
            acceptor=ends[order.destination].registry.jurisdiction_id,
        )
        return next(iter(edges.told(rows[:1], self.at)), None)

    def submit(self, known, key):
        said = {
            "actor": self.actor,
            "order": self._order(known),
            "key": key,
            "at": timezone.now(),
            "reason": known.get("reason", ""),
        }
        through = _through(known)
        sent = send_onward(through=through, **said) if through else transfer(**said)
        text = _("Transfer #%(number)s: %(state)s.")
        told = {"number": sent.transfer.pk, "state": sent.transfer.get_state_display()}
        messages.success(self.request, text % told)
        return redirect("admin:linking_transfer_change", sent.transfer.pk)

    def _order(self, known):
        """Raises: NotFound where an account is gone meanwhile."""
        blocks = [*known.get("blocks", ()), *(known.get("serials") or ())]
        ends = {
            "source": self.account(known["source"]).pk,
            **towards(transfers.destination(known["destination"])),
            "period": known.get("for_period", ""),
        }
        if blocks:
            block = named_block(blocks[0])
            first, last = int(block["first"]), int(block["last"])
            code = block["unit_type"]
            return Order(unit_type=_unit_type(code), quantity=last - first + 1, first=first, **ends)
        code, _bar, vintage = known["pick"].partition(OF_VINTAGE)
        quantity = int(known["quantity"])
        of_vintage = {"vintage_from": day(vintage)} if vintage else {}
        return Order(unit_type=_unit_type(code), quantity=quantity, **of_vintage, **ends)


PLACES = {
    "SAME_REGISTRY": ("destination",),
    "REGISTRY_WITHOUT_PEER": ("destination",),
    "NO_EDGE": ("destination",),
    "LINK_SUSPENDED": ("destination",),
    "LINK_TERMINATED": ("destination",),
    "HOLDER_CLASS": ("destination",),
    "NOT_PERMITTED": ("source",),
    "ONWARD_THROUGH_HOME": ("through", "pick", "serials"),
    "NOT_ONWARD": ("through",),
    "THROUGH_NOT_HOME": ("through",),
    "SEVERAL_RUNS": ("serials", "blocks", "pick"),
    "UNIT_TYPE": ("pick", "blocks", "serials"),
    "ORIGIN_NOT_RECOGNISED": ("pick", "blocks", "serials"),
    "VINTAGE_TOO_OLD": ("pick", "blocks", "serials"),
    "VINTAGE_FUTURE": ("pick", "blocks", "serials"),
    "INSUFFICIENT_UNITS": ("quantity", "blocks", "serials"),
    "QUOTA_EXCEEDED": ("quantity", "blocks", "serials"),
    "QUOTA_PARTIAL": ("quantity", "blocks", "serials"),
    "QUOTA_EXHAUSTED": ("quantity", "blocks", "serials"),
}


def _through(known):
    """The account at home that the units go through, if one is named."""
    return transfers.destination(known["through"]) if known.get("through") else None


def _most(failures):
    """How many units a quota that refuses would take; None where another reason refuses as well."""
    said = [each.data.get("accepted", "0") for each in failures]
    return int(said[0]) or None if len(said) == 1 else None


def _unit_type(code):
    return UnitType.objects.values_list("pk", flat=True).get(code=code)
