"""The wizard that retires credits of a mechanism here for a use in another registry.

What is said goes through the service that the API calls as well; the last page is a dry run of it.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.selectors import transfers
from linking.services.retire_for import Order, retire_for
from linking.services.try_retirement_for import try_retirement_for
from registry.admin.actors import actor_of
from registry.admin.wizards.fields import NamedBlocks, Reason, named_block
from registry.admin.wizards.flow import Step, Wizard
from registry.models import Account, Transaction, UnitType
from registry.selectors import accounts, foreseen

from .sending import may_send
from .sending_forms import LinkedAccounts

SHOWN = 100


def retire(request):
    """All pages, at one address."""
    if not may_send(actor_of(request)):
        raise PermissionDenied
    return Retiring(request).respond()


class CreditAccounts(LinkedAccounts):
    """Whose credits are retired, and which account of another registry they are used for."""

    through = None

    def fit(self):
        super().fit()
        self.fields["destination"].help_text = _(
            "It gets what the credits convert to, if its registry takes them."
        )


class RetiredCredits(Step):
    """Which credits: one run of serials."""

    heading = _("Credits")
    serials = NamedBlocks(
        label=_("Serials"), help_text=_("One block, as it is printed or as KAU 1,000-1,999.")
    )
    for_period = forms.CharField(
        label=_("Compliance period of the acceptor"),
        required=False,
        max_length=32,
        help_text=_("As in 2026; empty: the running year."),
    )
    reason = Reason(required=False)

    def clean_serials(self):
        """One run, which one order retires."""
        named = self.cleaned_data["serials"]
        if len(named) > 1:
            raise forms.ValidationError(_("Name one run of serials: each order retires one."))
        return named

    def shown(self, name):
        value = self.cleaned_data.get(name)
        return "; ".join(value or ()) if name == "serials" else super().shown(name)


class Retiring(Wizard):
    """The pages of one retirement for a use elsewhere."""

    steps = (CreditAccounts, RetiredCredits)
    preview_template = "linking/admin/retire_check.html"
    title = _("Retire credits for a use elsewhere")
    last_heading = _("Check and retire")
    submit_word = _("Retire")
    start_word = _("Retirements for a use elsewhere")

    def __init__(self, request):
        super().__init__(request)
        self.at = timezone.now()

    @property
    def start(self):
        return reverse("admin:linking_retirementfor_changelist")

    def account_words(self, number):
        found = Account.objects.filter(number=number).first()
        return f"{found.number} {found.name}" if found else number

    def place_of(self, failure):
        return PLACES.get(failure.code, ())

    def preview(self, known):
        order, reason = self._order(known), known.get("reason", "")
        trial = try_retirement_for(actor=self.actor, order=order, at=self.at, reason=reason)
        if trial.failures:
            return {}, trial.failures
        return {
            "trial": trial,
            "status": Transaction.Status(trial.status),
            "sides": foreseen.side_by_side(trial.changes, limit=SHOWN),
            "acceptor": order.to.registry.code,
        }, []

    def submit(self, known, key):
        made = retire_for(
            actor=self.actor,
            order=self._order(known),
            key=key,
            at=timezone.now(),
            reason=known.get("reason", ""),
        ).retirement
        text = _("Proposed. The acceptor is told when the retirement is completed.")
        messages.success(self.request, text)
        return redirect("admin:linking_retirementfor_change", made.pk)

    def _order(self, known):
        """Raises: NotFound where an account is gone meanwhile."""
        (named,) = known["serials"]
        block = named_block(named)
        first, last = int(block["first"]), int(block["last"])
        return Order(
            source=accounts.find(self.actor, known["source"]).pk,
            unit_type=UnitType.objects.values_list("pk", flat=True).get(code=block["unit_type"]),
            first=first,
            quantity=last - first + 1,
            to=transfers.destination(known["destination"]),
            period=known.get("for_period", ""),
        )


PLACES = {
    "SAME_REGISTRY": ("destination",),
    "REGISTRY_WITHOUT_PEER": ("destination",),
    "NOT_PERMITTED": ("source",),
    "SEVERAL_BLOCKS": ("serials",),
    "SERIALS_NOT_HELD": ("serials",),
    "SERIALS_MARKED": ("serials",),
}
