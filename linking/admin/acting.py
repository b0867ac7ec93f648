"""Pages on which a party does one thing to an agreement or to a link: shown whole, then said.

A page carries what its reader has seen. Where that has changed meanwhile, nothing is done, and
the page is shown again as it is now.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from registry.admin import kept_forms
from registry.admin.deciding import STALE, complain
from registry.admin.reauthentication import freshly_authenticated
from registry.errors import Conflict, DomainError

LONGEST_REASON = 2000
CHANGED = _("Something has changed meanwhile. Nothing was written: read the page again.")


class ActForm(forms.Form):
    """What is said of one thing; `seen` is what the reader has seen of it.

    `parties` are those that the person may act for: where it is one, nothing is asked.
    """

    use_required_attribute = False
    required_css_class = "required"
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    party = forms.ChoiceField(label=_("You act for"))

    def __init__(self, *args, told, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        places = [each.jurisdiction for each in told["own_parties"]]
        codes = [place.code for place in places]
        self.fields["party"].choices = [(place.code, str(place)) for place in places]
        self.initial.setdefault("seen", told["seen"])
        if len(codes) == 1:
            self.initial["party"] = codes[0]
            self.fields["party"].widget = forms.HiddenInput()
        self.told = told
        self.fit()
        for name, field in self.fields.items():
            if self.is_bound and self.errors.get(name):
                field.widget.attrs["aria-invalid"] = "true"

    def fit(self):
        """Gives choices to what is asked."""


def reason():
    """Why something is done; others read it."""
    return forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )


def last_day():
    """Until when held units stay usable."""
    return forms.DateField(
        label=_("Held units are usable until"),
        required=False,
        help_text=_("The last day; empty: as the edge says."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


class Acts:
    """For an admin class of things that parties act on.

    `acts` maps a name to (form, words of the button, template, whether the person has to be there).
    `_seen_by(request, pk, act)` tells what the page shows: `own_parties`, `seen`, `address`, and
    whatever its template wants; None where the person may not see the thing. `_done(request, told,
    act, said)` does it through its service, and returns what is told to the person.
    """

    acts = {}

    def act(self, request, pk, act):
        """The page of one act."""
        if act not in self.acts:
            raise Http404
        if self.acts[act][3]:
            return self._fresh_act(request, pk, act)
        return self._act(request, pk, act)

    @freshly_authenticated
    def _fresh_act(self, request, pk, act):
        return self._act(request, pk, act)

    def _act(self, request, pk, act):
        told = self._seen_by(request, pk, act)
        if told is None:
            raise Http404
        if not told["own_parties"]:
            raise PermissionDenied
        form_class, button, template, _fresh = self.acts[act]
        kept = {name: values[0] for name, values in kept_forms.kept(request).items() if values}
        kept.pop("seen", None)
        initial = {**request.GET.dict(), **kept}
        form, status = form_class(request.POST or None, told=told, initial=initial), 200
        if request.method == "POST" and form.is_valid():
            error = self._tried(request, told, act, form.cleaned_data)
            if error is None:
                return redirect(told["address"])
            status = STALE if isinstance(error, Conflict) else 200
            told = self._seen_by(request, pk, act)
            form.data = {**form.data.dict(), "seen": told["seen"]}
        context = {
            **self.admin_site.each_context(request),
            **told,
            "opts": self.opts,
            "form": form,
            "act": act,
            "button": button,
            "media": self.media,
        }
        return TemplateResponse(request, template, context, status=status)

    def _tried(self, request, told, act, said):
        """The error that was told to the person; None where it was done."""
        if said.pop("seen") != told["seen"]:
            messages.error(request, CHANGED)
            return Conflict()
        try:
            messages.success(request, self._done(request, told, act, said))
        except DomainError as error:
            complain(request, error)
            return error
        return None
