"""Recovery of persons who have lost their second factor: asked for by one, decided by another."""

from django import forms
from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from registry.errors import DomainError, NotFound
from registry.models import GovernanceRequest
from registry.selectors import governance
from registry.services.governance import Request, ask, decide

from . import kept_forms, shown
from .actors import actor_of, administers_the_system
from .deciding import complain
from .forms import DecisionForm
from .reauthentication import freshly_authenticated

SHOWN = 50
KIND = GovernanceRequest.Kind.RECOVERY


class RecoveryForm(forms.Form):
    """Who is to be recovered, and why."""

    person = forms.CharField(label=gettext_lazy("Username"), max_length=150)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        help_text=gettext_lazy("How you know that it is this person who asks."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class RecoveryPages:
    """For system administrators who have just given their own second factor."""

    def urls(self, site):
        return [
            path("recoveries/", site.admin_view(self.listed), name="recoveries"),
            path("recoveries/<int:number>/", site.admin_view(self.one), name="recovery"),
        ]

    @freshly_authenticated
    def listed(self, request):
        """What waits and what was decided, and a form to ask for another one."""
        _require_manager(request)
        typed = {name: values[0] for name, values in kept_forms.kept(request).items() if values}
        form = RecoveryForm(request.POST or None, initial=typed)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            asked = Request(KIND.value, None, None, {"person": said["person"]}, said["reason"])
            try:
                made = ask(actor=actor_of(request), request=asked, at=timezone.now())
            except DomainError as error:
                complain(request, error)
            else:
                messages.success(request, _("Another system administrator decides it now."))
                return redirect("admin:recovery", made.pk)
        context = {
            **admin.site.each_context(request),
            "title": _("Recovery of a sign-in"),
            "form": form,
            "found": governance.visible(actor_of(request)).filter(kind=KIND)[:SHOWN],
        }
        return TemplateResponse(request, "registry/admin/recoveries.html", context)

    @method_decorator(never_cache)
    @freshly_authenticated
    def one(self, request, number):
        """What is asked for; a POST decides it, and shows the password that comes of it once."""
        _require_manager(request)
        found = _find(request, number)
        form = DecisionForm(request.POST or None)
        password = None
        if request.method == "POST" and form.is_valid():
            try:
                found = decide(
                    actor=actor_of(request),
                    request_id=number,
                    approved="approve" in request.POST,
                    payload_hash=form.cleaned_data["payload_hash"],
                    reason=form.cleaned_data["reason"],
                    at=timezone.now(),
                )
                password = found.shown
            except DomainError as error:
                complain(request, error)
        context = {
            **admin.site.each_context(request),
            "title": f"{_('Recovery of a sign-in')} #{number}",
            "form": form,
            "found": found,
            "password": password,
            "payload_hash": bytes(found.payload_hash).hex(),
            "digest": shown.digest(found.payload_hash),
            "decides": found.status == GovernanceRequest.Status.WAITING
            and found.requested_by_id != request.user.pk
            and found.payload["person"] != request.user.username,
            "address": reverse("admin:recoveries"),
        }
        return TemplateResponse(request, "registry/admin/recovery.html", context)


def _require_manager(request):
    if not administers_the_system(request):
        raise Http404


def _find(request, number):
    try:
        found = governance.find(actor_of(request), number)
    except NotFound as error:
        raise Http404(str(error)) from error
    if found.kind != KIND:
        raise Http404
    return found
