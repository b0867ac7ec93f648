"""The pages on which something is asked for that others decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.models import (
    Account,
    AccountClass,
    AccountHolder,
    Person,
    Representative,
    Right,
    Stop,
)
from registry.selectors import rules
from registry.services.requested.accounts import SETTABLE

from .fields import SUGGESTED, AccountNumber, Reason, Suggesting, Units
from .flow import Step

# How many representatives an opening names; more are asked for later, one by one.
FIRST_REPRESENTATIVES = (1, 2)


class Asking(Step):
    """What every request says: at the end, why."""

    heading = _("What is asked for")
    reason = Reason()
    field_order = None

    def fit(self):
        self.order_fields([name for name in self.fields if name != "reason"])
        for name, field in self.fields.items():
            if isinstance(field, AccountNumber):
                field.actor = self.wizard.actor
                field.suggest(self.wizard.registry, Account.Kind.values)
            if name in ("holder", "predecessor", "successor"):
                field.widget.suggestions = _holders(self.wizard.registry)
            if name.startswith("person"):
                field.widget.suggestions = _persons()
            if name.startswith("right"):
                field.choices = [("", "–"), *self._rights()]

    def _rights(self):
        """The rights that the registry gives; none but these can be asked for."""
        laid_down = rules.rules_in_force(self.wizard.registry.pk, self.wizard.at)
        return [(right, Right(right).label) for right in laid_down.rights]

    def shown(self, name):
        value = self.cleaned_data.get(name)
        if value and isinstance(self.fields[name], AccountNumber):
            return self.wizard.account_words(value)
        if value and name in ("holder", "predecessor", "successor"):
            found = AccountHolder.objects.filter(code=value).first()
            return f"{found.code} {found.name}" if found else value
        return super().shown(name)


def _code(label, **options):
    return forms.CharField(
        label=label,
        max_length=40,
        widget=Suggesting,
        help_text=_("The code of an account holder."),
        **options,
    )


def _person(**options):
    return forms.CharField(
        label=_("Person"),
        max_length=150,
        widget=Suggesting,
        help_text=_("The user name of somebody who was added before."),
        **options,
    )


class Opening(Asking):
    account_kind = forms.ChoiceField(label=_("Kind of account"))
    name = forms.CharField(label=_("Name"), max_length=300)
    holder = _code(_("Account holder"), required=False)
    account_class = forms.ChoiceField(label=_("Account class"), required=False)
    holding_limit = Units(label=_("Holding limit (units)"), required=False)
    person_1 = _person(required=False)
    right_1 = forms.ChoiceField(label=_("Right"), required=False)
    person_2 = _person(required=False)
    right_2 = forms.ChoiceField(label=_("Right"), required=False)

    def fit(self):
        super().fit()
        kinds = [choice for choice in Account.Kind.choices if choice[0] != Account.Kind.PARTNER]
        self.fields["account_kind"].choices = [("", "–"), *kinds]
        classes = AccountClass.objects.filter(registry=self.wizard.registry).order_by("code")
        if classes:
            named = [(row.code, f"{row.code} {row.name}") for row in classes]
            self.fields["account_class"].choices = [("", "–"), *named]
        else:
            del self.fields["account_class"]
        labels = {1: _("First representative"), 2: _("Second representative")}
        for number in FIRST_REPRESENTATIVES:
            self.fields[f"person_{number}"].label = labels[number]

    def clean(self):
        for number in FIRST_REPRESENTATIVES:
            person, right = f"person_{number}", f"right_{number}"
            if bool(self.cleaned_data.get(person)) != bool(self.cleaned_data.get(right)):
                self.add_error(right, _("Give a person and a right, or neither."))
        return self.cleaned_data


class Change(Asking):
    account = AccountNumber(label=_("Account"))
    name = forms.CharField(label=_("New name"), max_length=300, required=False)
    holding_limit = Units(label=_("New holding limit (units)"), required=False)

    def clean(self):
        if not self.cleaned_data.get("name") and not self.cleaned_data.get("holding_limit"):
            self.add_error("name", _("Give a new name or a new holding limit."))
        return self.cleaned_data


class Status(Asking):
    account = AccountNumber(label=_("Account"))
    status = forms.ChoiceField(
        label=_("New status"),
        choices=[("", "–"), *((word, Account.Status(word).label) for word in SETTABLE)],
    )


class Closure(Asking):
    account = AccountNumber(
        label=_("Account"), help_text=_("It holds nothing when the request is approved.")
    )


class Handover(Asking):
    account = AccountNumber(label=_("Account"))
    holder = _code(_("New account holder"))


class Merger(Asking):
    predecessor = _code(_("Account holder that ends"))
    successor = _code(_("Account holder that takes over"))


class Appointment(Asking):
    account = AccountNumber(label=_("Account"))
    person = _person()
    right = forms.ChoiceField(label=_("Right"))


class Restoration(Asking):
    account = AccountNumber(label=_("Account"))
    representative = forms.ChoiceField(label=_("Suspended representative"))

    def fit(self):
        super().fit()
        rows = Representative.objects.current().filter(
            account__registry=self.wizard.registry, suspended_at__isnull=False
        )
        rows = rows.select_related("person", "account").order_by("-pk")[: 2 * SUGGESTED]
        named = [
            (str(row.pk), f"{row.account.number} · {row.person} · {row.get_right_display()}")
            for row in rows
        ]
        self.fields["representative"].choices = [("", "–"), *named]


class Trusting(Asking):
    account = AccountNumber(label=_("Account"))
    trusted = AccountNumber(label=_("Account to trust"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class Lifting(Asking):
    stop = forms.ChoiceField(label=_("Stop"))

    def fit(self):
        super().fit()
        rows = Stop.objects.filter(registry=self.wizard.registry, lifted_at__isnull=True)
        rows = rows.select_related("account", "unit_type", "registry").order_by("-pk")
        named = [
            (str(row.pk), f"#{row.pk} · {_stopped(row)} · {row.reason[:100]}")
            for row in rows[: 2 * SUGGESTED]
        ]
        self.fields["stop"].choices = [("", "–"), *named]


def _stopped(stop):
    return stop.account or stop.unit_type or stop.subject or stop.registry


def _holders(registry):
    rows = AccountHolder.objects.filter(jurisdiction=registry.jurisdiction).order_by("code")
    return list(rows.values_list("code", "name")[:SUGGESTED])


def _persons():
    rows = Person.objects.filter(is_active=True, is_system=False).order_by("username")
    return list(rows.values_list("username", "display_name")[:SUGGESTED])
