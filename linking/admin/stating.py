"""The wizard that states that credits were retired elsewhere: the credits, the evidence, a trial.

What is said goes through the service that the API calls as well. Another person decides on it.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.services.retire_elsewhere import Statement, state_retirement
from linking.services.try_retirement import try_retirement
from registry.admin.actors import actor_of
from registry.admin.wizards.fields import AccountNumber
from registry.admin.wizards.flow import Step, Wizard
from registry.models import Jurisdiction, Role, UnitType
from registry.selectors import accounts, proposable

SHA_256 = r"^\s*[0-9a-fA-F]{64}\s*$"
# Who uses credits of others.
USERS = ("operator", "trading", "government")


def may_state(actor) -> bool:
    """Whether the person administers a registry, which can accept credits."""
    return actor is not None and any(Role.ADMINISTRATOR in roles for roles in actor.roles.values())


def state(request):
    """All pages, at one address."""
    if not may_state(actor_of(request)):
        raise PermissionDenied
    return Stating(request).respond()


def _day(label, **options):
    """A date; what browsers send, and what the last page repeats, is 2026-11-22."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], **options)


class Credits(Step):
    """Which credits were retired, by their serial."""

    heading = _("Credits")
    unit_type = forms.ChoiceField(label=_("Unit type of the mechanism"))
    serial = forms.CharField(
        label=_("Serial"),
        max_length=200,
        help_text=_("The first and the last number, in any form that the search box reads."),
    )
    vintage_from = _day(_("First day of the vintage"))
    project_type = forms.CharField(label=_("Type of project"), max_length=100, required=False)

    def fit(self):
        outside = UnitType.objects.filter(
            registry__jurisdiction__level=Jurisdiction.Level.EXTERNAL
        ).order_by("code")
        self.fields["unit_type"].choices = [(row.code, f"{row.code} {row.name}") for row in outside]


class Evidence(Step):
    """For whom they were retired, when, and what proves it."""

    heading = _("Retirement and evidence")
    account = AccountNumber(
        label=_("Account"), help_text=_("It gets what the credits convert to, once confirmed.")
    )
    retired_on = _day(_("Retired on"))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=1000,
        help_text=_("Where the mechanism says that it has retired them: an address, a number."),
    )
    document_hash = forms.RegexField(
        SHA_256,
        label=_("SHA-256 of the document"),
        max_length=70,
        error_messages={"invalid": _("A SHA-256 has 64 hexadecimal digits.")},
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    period = forms.CharField(
        label=_("Compliance period of the acceptor"),
        required=False,
        max_length=32,
        help_text=_("As in 2026; empty: the running year."),
    )

    def fit(self):
        field = self.fields["account"]
        field.actor = self.wizard.actor
        own = proposable.registries(self.wizard.actor, {Role.ADMINISTRATOR})
        if len(own) == 1:
            field.suggest(own[0], USERS)


class Stating(Wizard):
    """The pages of one statement."""

    steps = (Credits, Evidence)
    preview_template = "linking/admin/state_check.html"
    title = _("State credits retired elsewhere")
    last_heading = _("Check and state")
    submit_word = _("State")
    start_word = _("Credits retired elsewhere")

    def __init__(self, request):
        super().__init__(request)
        self.at = timezone.now()

    @property
    def start(self):
        return reverse("admin:linking_externalretirement_changelist")

    def place_of(self, failure):
        return PLACES.get(failure.code, ())

    def preview(self, known):
        said = self._said(known)
        outcome, failures = try_retirement(actor=self.actor, said=said, at=self.at)
        return {"outcome": outcome, "unit_type": said.unit_type.code}, failures

    def submit(self, known, key):
        made = state_retirement(actor=self.actor, said=self._said(known), at=timezone.now())
        text = _("Stated. The units are issued when another administrator has confirmed it.")
        messages.success(self.request, text)
        return redirect("admin:linking_externalretirement_change", made.pk)

    def _said(self, known):
        return Statement(
            UnitType.objects.select_related("registry__jurisdiction").get(code=known["unit_type"]),
            accounts.find(self.actor, known["account"]),
            known["serial"],
            known["vintage_from"],
            known["retired_on"],
            known["evidence"],
            bytes.fromhex(known["document_hash"].strip()),
            known["project_type"] or None,
            known["period"],
        )


PLACES = {
    "SERIAL_NOT_UNDERSTOOD": ("serial",),
    "SERIAL_OF_ANOTHER_TYPE": ("serial", "unit_type"),
    "ALREADY_RETIRED": ("serial",),
    "RETIRED_LATER": ("retired_on",),
    "NO_EDGE": ("unit_type",),
    "UNIT_TYPE": ("unit_type",),
    "UNKNOWN_UNIT_TYPE": ("unit_type",),
    "CONVERSION_NOT_STATED": ("unit_type",),
    "PROJECT_TYPE": ("project_type",),
    "VINTAGE_TOO_OLD": ("vintage_from",),
    "VINTAGE_FUTURE": ("vintage_from",),
    "HOLDER_CLASS": ("account",),
    "NOT_PERMITTED": ("account",),
    "QUOTA_EXCEEDED": ("serial",),
    "QUOTA_EXHAUSTED": ("serial",),
    "QUOTA_PARTIAL": ("serial",),
}
