"""The page on which one thing is decided: shown whole, said once, and refused when it is stale."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from registry.errors import Conflict, DomainError

from . import kept_forms
from .forms import DecisionForm
from .reauthentication import freshly_authenticated

# Somebody else was first: what the page shows is not so any more.
STALE = 409


def complain(request, error):
    """Tells the person everything that a service refused."""
    for failure in error.failures:
        messages.error(request, f"{failure.message} {failure.hint}")


class Decided:
    """For an admin class whose rows wait for a person's word.

    `acts` maps what can be said to its service, the heading and the button; `told_template` is the
    part of both pages that tells of the row. `_told(request,
    number)` is what the pages show, nothing where the person may not see it; `_say(request,
    number, service, said)` says it, and returns what then is told.
    """

    acts = {}
    told_template = ""

    def decision_path(self):
        """The address of the page, named as Django names those of a model."""
        return path(
            "<int:number>/decide/<str:act>/",
            self.admin_site.admin_view(self.decide),
            name=f"{self.opts.app_label}_{self.opts.model_name}_decide",
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The whole of one, and what this person may do with it."""
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= self._told(request, int(object_id))
            context["told_template"] = self.told_template
        return super().change_view(request, object_id, form_url, context)

    @freshly_authenticated
    def decide(self, request, number, act):
        """Shows exactly what is decided; a POST says it through the service."""
        told = self._told(request, number)
        if act not in self.acts or not told:
            raise Http404
        service, heading, button = self.acts[act]
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        address = reverse(f"admin:{name}_change", args=[number])
        typed = kept_forms.kept(request).get("reason", [""])
        form, status = DecisionForm(request.POST or None, initial={"reason": typed[0]}), 200
        if request.method == "POST" and form.is_valid():
            try:
                text = self._say(request, number, service, form.cleaned_data)
            except DomainError as error:
                complain(request, error)
                status = STALE if isinstance(error, Conflict) else 200
                told = self._told(request, number)
            else:
                messages.success(request, text)
                return redirect(address)
        context = {
            **self.admin_site.each_context(request),
            **told,
            "title": f"{heading} #{number}",
            "opts": self.opts,
            "form": form,
            "act": act,
            "button": button,
            "told_template": self.told_template,
            "address": address,
            "media": self.media,
            **self._beside(told),
        }
        page = "registry/admin/decide_page.html"
        return TemplateResponse(request, page, context, status=status)

    def _beside(self, told):
        """What the page of the decision shows besides what the other page does."""
        return {}
