"""Fields of the wizards: text as people type it, made plain; the services judge what it says."""

from datetime import UTC
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from registry import account_numbers
from registry.api.serials import one_block
from registry.errors import DomainError
from registry.models import Account
from registry.selectors import references

# A list longer than this helps nobody to find an account: its number is typed.
SUGGESTED = 50
LONGEST_LIST = 4000


class Suggesting(forms.TextInput):
    """A text box that suggests values: a list that every browser shows without a script."""

    template_name = "registry/admin/suggesting.html"

    def __init__(self, attrs=None):
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.suggestions = []

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        identifier = f"{context['widget']['attrs'].get('id', name)}_list"
        if self.suggestions:
            context["widget"]["attrs"]["list"] = identifier
        return context | {"suggestions": self.suggestions, "list_id": identifier}


class AccountNumber(forms.CharField):
    """An account's number; the value is the account, which the person may name."""

    widget = Suggesting

    def __init__(self, **options):
        super().__init__(max_length=40, **options)
        self.actor = None

    def suggest(self, registry, kinds):
        """Suggests the open accounts of these kinds, if they are few enough to be read."""
        rows = Account.objects.filter(registry=registry, kind__in=kinds)
        rows = rows.exclude(status=Account.Status.CLOSED).order_by("pk")[: SUGGESTED + 1]
        found = [(account.number, account.name) for account in rows]
        self.widget.suggestions = found[:SUGGESTED]

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return ""
        if not account_numbers.is_valid(text):
            raise forms.ValidationError(
                _(
                    "This is not an account number: its form or its check digits are wrong. "
                    "Check for exchanged or missing digits."
                )
            )
        if not references.resolve(self.actor, accounts=[text]).accounts:
            raise forms.ValidationError(_("There is no such account in your registries."))
        return text


class Units(forms.CharField):
    """A number of units, which people group: 1,000 or 1 000."""

    def __init__(self, **options):
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(max_length=40, **options)

    def to_python(self, value):
        text = super().to_python(value)
        return "".join(text.split()).replace(",", "")


class Day(forms.CharField):
    """A date, as browsers send it."""

    def __init__(self, **options):
        super().__init__(max_length=10, widget=forms.TextInput(attrs={"type": "date"}), **options)


class LocalMoment(forms.DateTimeField):
    """A moment in the zone of the registry; the value is the instant in UTC, as text."""

    def __init__(self, **options):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **options
        )
        self.zone = "UTC"

    def clean(self, value):
        found = super().clean(value)
        if found is None:
            return ""
        local = found.replace(tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC).isoformat().replace("+00:00", "Z")


class NamedBlocks(forms.CharField):
    """Blocks in any form that the search box reads, one a line; the value is what they mean."""

    def __init__(self, **options):
        widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
        super().__init__(max_length=LONGEST_LIST, widget=widget, **options)

    def clean(self, value):
        found, wrong = [], []
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            try:
                unit_type, first, last = one_block({"text": line.strip()})
                found.append(block_text(unit_type.code, first, last))
            except DomainError as error:
                wrong += [f"{line.strip()[:80]}: {f.message} {f.hint}" for f in error.failures]
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class Reason(forms.CharField):
    """Why something is done."""

    def __init__(self, **options):
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(label=_("Reason"), max_length=2000, widget=widget, **options)


def block_text(unit_type, first, last):
    """A block as a value of a form: read by `named_block`."""
    return f"{unit_type} {first}-{last}"


def named_block(text):
    """The block of an API request that `block_text` has written."""
    unit_type, _space, run = text.rpartition(" ")
    first, _dash, last = run.partition("-")
    return {"unit_type": unit_type, "first": first, "last": last}
