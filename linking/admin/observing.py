"""What an acceptor's administrator reports of a link, by which its triggers may suspend it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linking.api.forms import EVENTS
from linking.edges.findings import Unreadable
from linking.edges.kinds import exact
from linking.lifecycle.triggers import Observations
from registry.admin.wizards.fields import Units

from . import wording
from .acting import ActForm

MOST_DAYS = 366


class ObservationForm(ActForm):
    """Events, the prices of some days, and the tonnes that came over the edge."""

    events = forms.MultipleChoiceField(
        label=_("What has happened"), required=False, widget=forms.CheckboxSelectMultiple
    )
    price_ratios = forms.CharField(
        label=_("Ratios of prices"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("The highest price over the lowest, one day a line, the latest last: 2.5"),
    )
    volume = Units(
        label=_("Tonnes that came over the edge"),
        required=False,
        help_text=_("In the period for which the trigger is meant."),
    )

    def fit(self):
        self.fields["events"].choices = [(word, wording.TRIGGERS[word]) for word in EVENTS]

    def clean_price_ratios(self):
        """Exact numbers; no more days than a year has."""
        found = []
        for text in self.cleaned_data["price_ratios"].split():
            try:
                found.append(exact(text))
            except Unreadable as error:
                raise forms.ValidationError(_("Write exact numbers, such as 2.5.")) from error
        if len(found) > MOST_DAYS:
            raise forms.ValidationError(_("Give at most one year."))
        return tuple(found)

    def clean_volume(self):
        text = self.cleaned_data["volume"]
        if not text:
            return 0
        if not (text.isascii() and text.isdecimal() and len(text) < 19):
            raise forms.ValidationError(_("Give whole tonnes."))
        return int(text)

    def clean(self):
        said = super().clean()
        if not self.errors and not (said["events"] or said["price_ratios"] or said["volume"]):
            raise forms.ValidationError(_("Say what was observed."))
        return said


def seen_in(said) -> Observations:
    """What the form says, as the triggers read it."""
    return Observations(
        price_ratios=said["price_ratios"],
        volume_t=said["volume"],
        events=frozenset(said["events"]),
    )
