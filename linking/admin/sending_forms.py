"""The pages on which a transfer over a link is said: accounts, and units."""

from datetime import date

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linking.selectors import transfers
from registry import permissions
from registry.admin.wizards.fields import SUGGESTED, AccountNumber, Suggesting
from registry.admin.wizards.flow import Step
from registry.admin.wizards.proposal_forms import UnitsTaken
from registry.errors import DomainError
from registry.models import Account
from registry.selectors import proposable

# The kinds of accounts between which units are traded.
TRADED = ("operator", "trading", "government")


class LinkedAccounts(Step):
    """Which account gives, and which one of another registry receives."""

    heading = _("Accounts")
    source = AccountNumber(label=_("From account"))
    destination = forms.CharField(
        label=_("To account of another registry"),
        max_length=40,
        widget=Suggesting,
        help_text=_("Whoever receives units tells the number of the account."),
    )
    through = forms.CharField(
        label=_("Through an account at home"),
        max_length=40,
        required=False,
        help_text=_(
            "Only for units of a third registry: an account there, from which they go on by"
            " themselves."
        ),
    )

    def fit(self):
        actor = self.wizard.actor
        self.fields["source"].actor = actor
        own = [each.pk for each in proposable.registries(actor, permissions.DECIDERS)]
        may_give = Q(registry__in=own) | Q(pk__in=proposable.accounts(actor))
        self.fields["source"].widget.suggestions = _suggested(may_give)
        readable = permissions.readable_registries(actor)
        known = Q() if readable is None else Q(registry__in=readable)
        self.fields["destination"].widget.suggestions = _suggested(known)

    def clean_destination(self):
        """The number of an account that is there."""
        return self._number("destination")

    def clean_through(self):
        """The same, or nothing."""
        return self.cleaned_data["through"] and self._number("through")

    def _number(self, name):
        try:
            return transfers.destination(self.cleaned_data[name]).number
        except DomainError as error:
            failed = error.failures[0]
            raise forms.ValidationError(f"{failed.message} {failed.hint}") from error

    def shown(self, name):
        return self.wizard.account_words(self.cleaned_data.get(name))


class SentUnits(UnitsTaken):
    """Which units go: of a type and a vintage, or one run of serials."""

    template_name_inside = "linking/admin/send_units.html"
    for_period = forms.CharField(
        label=_("Compliance period of the acceptor"),
        required=False,
        max_length=32,
        help_text=_("As in 2026; empty: the running year."),
    )

    def clean(self):
        said = super().clean()
        quantity = said.get("quantity")
        if quantity and not _is_number(quantity):
            self.add_error("quantity", _("Give a whole number of units, more than none."))
        if len([*said.get("blocks", ()), *(said.get("serials") or ())]) > 1:
            self.add_error("serials", _("Name one run of serials: each transfer moves one."))
        return said


def day(text) -> date:
    """The first day of a vintage, as the choice of it says."""
    return date.fromisoformat(text)


def _is_number(text):
    return text.isascii() and text.isdecimal() and len(text) < 19 and int(text) > 0


def _suggested(which):
    """The first open ones of some accounts."""
    rows = Account.objects.filter(which, kind__in=TRADED).exclude(status=Account.Status.CLOSED)
    return [(row.number, row.name) for row in rows.order_by("registry_id", "pk")[:SUGGESTED]]
