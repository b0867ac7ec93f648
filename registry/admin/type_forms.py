"""The form of a version of a transaction type, and its rules in the reader's words."""

from django import forms
from django.template.defaultfilters import yesno
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import type_rules
from registry.models import Account, Role, TransactionType, UnitType
from registry.selectors.type_versions import plain
from registry.services.transaction_types import APPROVERS, LONGEST_REASON

# What each of a rule's codes is called.
WORDS = {
    "source_kinds": Account.Kind,
    "destination_kinds": Account.Kind,
    "source_statuses": Account.Status,
    "destination_statuses": Account.Status,
    "unit_kinds": UnitType.Kind,
    "roles": Role,
    "approver_roles": Role,
}
BETWEEN = ":"


class Bands(forms.CharField):
    """Approvals by amount, one band a line: above so many units, so many approvals."""

    def __init__(self, **options):
        widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
        super().__init__(max_length=2000, widget=widget, **options)

    def clean(self, value):
        found = []
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            parts = ["".join(part.split()).replace(",", "") for part in line.split(BETWEEN)]
            if len(parts) != 2 or not all(part.isdecimal() and len(part) < 19 for part in parts):
                text = _("This line does not say units, a colon and approvals: %(line)s")
                raise forms.ValidationError(text % {"line": line.strip()[:80]})
            found.append({"above": int(parts[0]), "approvals": int(parts[1])})
        return found or None


class VersionForm(forms.Form):
    """What a version says: each rule, where and from when it holds, and why.

    `follows` is the version that the form was filled in from; the service refuses another one.
    """

    use_required_attribute = False
    follows = forms.IntegerField(widget=forms.HiddenInput)
    registry = forms.TypedChoiceField(
        label=gettext_lazy("Holds in"), coerce=int, empty_value=None, required=False
    )
    valid_from = forms.DateTimeField(
        label=gettext_lazy("Valid from (UTC)"),
        required=False,
        help_text=gettext_lazy("Empty: from its approval on."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, follows, places, **kwargs):
        self.before = {name: plain(getattr(follows, name)) for name in type_rules.FIELDS}
        initial = {**self.before, "follows": follows.pk}
        initial["bands"] = bands_text(self.before["bands"]).replace("; ", "\n")
        super().__init__(*args, initial=initial, **kwargs)
        for column in TransactionType._meta.concrete_fields:
            if column.name in type_rules.FIELDS:
                self.fields[column.name] = _field(column)
        self.fields["registry"].choices = places
        last = ("registry", "valid_from", "reason")
        self.order_fields([name for name in self.fields if name not in last])

    def rules(self):
        """The whole version, as the service takes it; codes stay in the order that they had."""
        said = {}
        for name in sorted(type_rules.FIELDS):
            value = plain(self.cleaned_data[name])
            if name in type_rules.LISTS:
                known = self.before[name]
                value = [code for code in known if code in value] + [
                    code for code in value if code not in known
                ]
            said[name] = value
        return said

    def complain(self, error):
        """Each failure beside the rule that it is about."""
        for failure in error.failures:
            place = failure.data.get("rule") or (failure.data.get("rules") or [None])[0]
            if failure.code == "TYPE_VERSION_TOO_EARLY":
                place = "valid_from"
            self.add_error(place if place in self.fields else None, _told(failure))


def words(name, value):
    """The value of a rule in the reader's language."""
    if name in WORDS:
        return ", ".join(str(WORDS[name](code).label) for code in value)
    if name == "bands":
        return bands_text(value)
    if name == "delay":
        return TransactionType.Delay(value).label
    if isinstance(value, bool):
        return yesno(value)
    return "" if value is None else str(value)


def bands_text(bands):
    """Approvals by amount, as the form reads them."""
    return "; ".join(
        f"{number_format(band['above'], force_grouping=True)}{BETWEEN} {band['approvals']}"
        for band in bands or ()
    )


def _told(failure):
    return f"{failure.message} {failure.hint}"


def _field(column):
    """The field of a rule: boxes to tick for codes, and what Django has for the others."""
    if column.name in WORDS:
        choices = WORDS[column.name].choices
        if column.name == "approver_roles":
            choices = [choice for choice in choices if choice[0] in APPROVERS]
        return forms.MultipleChoiceField(
            label=capfirst(column.verbose_name),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    if column.name == "bands":
        return Bands(
            label=capfirst(column.verbose_name),
            required=False,
            help_text=gettext_lazy(
                "One a line: above how many units, a colon, how many approvals."
            ),
        )
    if column.name in type_rules.DATES:
        return column.formfield(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    return column.formfield()
