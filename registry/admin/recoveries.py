"""What one system administrator asks for the whole node and another one decides: the recovery of
persons who have lost their second factor, and the addition of persons."""

from django import forms
from django.conf import settings
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
from registry.models import GovernanceRequest, Registry, Role
from registry.selectors import governance
from registry.services.deactivate_person import deactivate_person
from registry.services.governance import Request, ask, decide, withdraw
from registry.services.requested import persons
from registry.services.requested.parts import part_for

from . import kept_forms, shown
from .actors import actor_of, administers_the_system
from .deciding import complain
from .forms import DecisionForm
from .reauthentication import freshly_authenticated

SHOWN = 50
ROLES = [(role, Role(role).label) for role in persons.ROLES]
KIND = GovernanceRequest.Kind
CHANGES = [
    ("give", gettext_lazy("give a role")),
    ("take", gettext_lazy("take a role back")),
    ("display_name", gettext_lazy("another display name")),
    ("active", gettext_lazy("let a deactivated person in again")),
]
# What must be filled in for a change.
NEEDED = {"give": "role", "take": "role", "display_name": "display_name"}


class RecoveryForm(forms.Form):
    """Who is to be recovered, and why."""

    person = forms.CharField(label=gettext_lazy("Username"), max_length=150)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        help_text=gettext_lazy("How you know that it is this person who asks."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class PersonForm(forms.Form):
    """Who is to be added, and with which role; other roles are given later in the same way."""

    person = forms.CharField(label=gettext_lazy("Username"), max_length=150)
    display_name = forms.CharField(label=gettext_lazy("display name"), max_length=200)
    language = forms.ChoiceField(label=gettext_lazy("language"), choices=settings.LANGUAGES)
    email = forms.EmailField(label=gettext_lazy("mail address"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=ROLES)
    registry = forms.ModelChoiceField(
        Registry.objects.order_by("code"),
        label=gettext_lazy("registry"),
        to_field_name="code",
        required=False,
        help_text=gettext_lazy("Empty: all registries of this node."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class PersonChangeForm(forms.Form):
    """What is to change of a person: one thing at a time, so that it is decided for itself."""

    person = forms.CharField(label=gettext_lazy("Username"), max_length=150)
    change = forms.ChoiceField(label=gettext_lazy("change"), choices=CHANGES)
    role = forms.ChoiceField(
        label=gettext_lazy("role"), choices=[("", "–"), *ROLES], required=False
    )
    registry = forms.ModelChoiceField(
        Registry.objects.order_by("code"),
        label=gettext_lazy("registry"),
        to_field_name="code",
        required=False,
        help_text=gettext_lazy("Empty: all registries of this node."),
    )
    display_name = forms.CharField(
        label=gettext_lazy("display name"), max_length=200, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def clean(self):
        said = super().clean()
        needed = NEEDED.get(said.get("change"))
        if needed and not said.get(needed):
            self.add_error(needed, self.fields[needed].error_messages["required"])
        return said


class DeactivationForm(forms.Form):
    """Who shall not act any more, and why."""

    person = forms.CharField(label=gettext_lazy("Username"), max_length=150)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class NodePages:
    """For system administrators who have just given their own second factor."""

    kind = ""
    place = ""
    names = ("", "")
    title = lead = button = ""
    form_class = forms.Form

    def urls(self, site):
        listed, one = self.names
        return [
            path(f"{self.place}/", site.admin_view(self.listed), name=listed),
            path(f"{self.place}/<int:number>/", site.admin_view(self.one), name=one),
        ]

    def payload(self, said):
        """What is asked for, of what was typed."""
        raise NotImplementedError

    @freshly_authenticated
    def listed(self, request):
        """What waits and what was decided, and a form to ask for another one."""
        _require_manager(request)
        typed = {name: values[0] for name, values in kept_forms.kept(request).items() if values}
        form = self.form_class(request.POST or None, initial=typed)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            asked = Request(self.kind.value, None, None, self.payload(said), said["reason"])
            try:
                made = ask(actor=actor_of(request), request=asked, at=timezone.now())
            except DomainError as error:
                complain(request, error)
            else:
                messages.success(request, _("Another system administrator decides it now."))
                return redirect(f"admin:{self.names[1]}", made.pk)
        context = {
            **admin.site.each_context(request),
            "title": self.title,
            "lead": self.lead,
            "button": self.button,
            "one": f"admin:{self.names[1]}",
            "form": form,
            "found": governance.visible(actor_of(request)).filter(kind=self.kind)[:SHOWN],
        }
        return TemplateResponse(request, "registry/admin/node_requests.html", context)

    @method_decorator(never_cache)
    @freshly_authenticated
    def one(self, request, number):
        """What is asked for, with the first part of the password for who asked; a POST decides it,
        and shows the second part once."""
        _require_manager(request)
        at = timezone.now()
        found = _find(request, number, self.kind)
        form = DecisionForm(request.POST or None)
        second_part = None
        if request.method == "POST" and "withdraw" in request.POST:
            return self._withdraw(request, number, at)
        if request.method == "POST" and form.is_valid():
            try:
                found = decide(
                    actor=actor_of(request),
                    request_id=number,
                    approved="approve" in request.POST,
                    payload_hash=form.cleaned_data["payload_hash"],
                    reason=form.cleaned_data["reason"],
                    at=at,
                )
                second_part = found.shown
            except DomainError as error:
                complain(request, error)
        context = {
            **admin.site.each_context(request),
            "title": f"{self.title} #{number}",
            "heading": self.title,
            "form": form,
            "found": found,
            "first_part": part_for(actor_of(request), found, at=at),
            "second_part": second_part,
            "payload_hash": bytes(found.payload_hash).hex(),
            "digest": shown.digest(found.payload_hash),
            "decides": found.status == GovernanceRequest.Status.WAITING
            and found.requested_by_id != request.user.pk
            and found.payload["person"] != request.user.username,
            "withdraws": found.status == GovernanceRequest.Status.WAITING
            and found.requested_by_id == request.user.pk,
            "address": reverse(f"admin:{self.names[0]}"),
            "told": _told(found.payload),
        }
        return TemplateResponse(request, "registry/admin/node_request.html", context)

    def _withdraw(self, request, number, at):
        try:
            withdraw(actor=actor_of(request), request_id=number, at=at)
        except DomainError as error:
            complain(request, error)
        return redirect(f"admin:{self.names[1]}", number)


class RecoveryPages(NodePages):
    kind = KIND.RECOVERY
    place = "recoveries"
    names = ("recoveries", "recovery")
    title = gettext_lazy("Recovery of a sign-in")
    lead = gettext_lazy(
        "For a person who has lost every second factor and the recovery codes. Make sure that it "
        "is this person who asks: call them back at a number that you know."
    )
    button = gettext_lazy("Ask for the recovery")
    form_class = RecoveryForm

    def payload(self, said):
        return {"person": said["person"]}


class PersonPages(NodePages):
    kind = KIND.PERSON
    place = "persons/additions"
    names = ("person_additions", "person_addition")
    title = gettext_lazy("Addition of a person")
    lead = gettext_lazy(
        "Another system administrator decides. Each of you is shown one part of a one-time "
        "password for the new person."
    )
    button = gettext_lazy("Ask for the addition")
    form_class = PersonForm

    def payload(self, said):
        registry = said["registry"]
        role = {"role": said["role"], **({"registry": registry.code} if registry else {})}
        mail = {"email": said["email"]} if said["email"] else {}
        kept = {name: said[name] for name in ("person", "display_name", "language")}
        return {**kept, **mail, "roles": [role]}


class PersonChangePages(NodePages):
    kind = KIND.PERSON_CHANGE
    place = "persons/changes"
    names = ("person_changes", "person_change")
    title = gettext_lazy("Change of a person")
    lead = gettext_lazy(
        "Another system administrator decides, and neither of you is the person. To end all that a "
        "person may do at once, deactivate them instead."
    )
    button = gettext_lazy("Ask for the change")
    form_class = PersonChangeForm

    def payload(self, said):
        change, registry = said["change"], said["registry"]
        role = {"role": said["role"], **({"registry": registry.code} if registry else {})}
        told = {"display_name": said["display_name"], "active": "true"}
        return {"person": said["person"], change: told.get(change, [role])}


class DeactivationPage:
    """For system administrators who have just given their own second factor: at once."""

    def urls(self, site):
        view = site.admin_view(self.deactivate)
        return [path("persons/deactivation/", view, name="person_deactivation")]

    @freshly_authenticated
    def deactivate(self, request):
        """Ends all that a person may do; who it is and why must be typed."""
        _require_manager(request)
        typed = {name: values[0] for name, values in kept_forms.kept(request).items() if values}
        form = DeactivationForm(request.POST or None, initial=typed)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                done = deactivate_person(
                    actor=actor_of(request), username=said["person"], reason=said["reason"]
                )
            except DomainError as error:
                complain(request, error)
            else:
                text = _("%(person)s is deactivated: nobody signs in or acts as this person.")
                messages.success(request, text % {"person": done})
                return redirect("admin:registry_person_change", done.pk)
        context = {
            **admin.site.each_context(request),
            "title": gettext_lazy("Deactivation of a person"),
            "lead": gettext_lazy(
                "At once, and by you alone: sessions end, and keys of the person act no more. Two "
                "system administrators let the person in again."
            ),
            "button": gettext_lazy("Deactivate"),
            "form": form,
        }
        return TemplateResponse(request, "registry/admin/node_requests.html", context)


def _told(payload):
    """What is asked for beside the person: a name and what it will be."""
    mail, name = payload.get("email"), payload.get("display_name")
    yield from ((_("display name"), name),) if name else ()
    yield from ((_("mail address"), mail),) if mail else ()
    for key, label in (("roles", _("roles")), ("give", CHANGES[0][1]), ("take", CHANGES[1][1])):
        if payload.get(key):
            yield label, ", ".join(_role(given) for given in payload[key])
    if payload.get("active"):
        yield _("change"), CHANGES[3][1]


def _role(given):
    """A role in words, with the registry that it is for."""
    where = given.get("registry")
    return " · ".join(filter(None, (str(Role(given["role"]).label), where)))


def _require_manager(request):
    if not administers_the_system(request):
        raise Http404


def _find(request, number, kind):
    try:
        found = governance.find(actor_of(request), number)
    except NotFound as error:
        raise Http404(str(error)) from error
    if found.kind != kind:
        raise Http404
    return found
