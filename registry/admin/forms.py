"""Forms of the administrators' pages."""

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from registry.services.people import change_password


class OwnPasswordForm(PasswordChangeForm):
    """Django's form; the new password is set by the service."""

    required_css_class = "required"

    def save(self, commit=True):
        change_password(person=self.user, password=self.cleaned_data["new_password1"])
        return self.user


class DecisionForm(forms.Form):
    """What a person confirms: the payload that they have read, and why."""

    use_required_attribute = False
    payload_hash = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def clean_payload_hash(self):
        try:
            return bytes.fromhex(self.cleaned_data["payload_hash"])
        except ValueError as error:
            raise forms.ValidationError(_("This is not a payload hash.")) from error


class AsOfForm(forms.Form):
    """A day or a position of the past; neither means now."""

    date = forms.DateField(
        label=_("end of the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    position = forms.IntegerField(
        label=_("position"), required=False, min_value=0, max_value=2**62, localize=False
    )
