"""The wizard that asks for what others decide: accounts, holders, representatives, stops."""

from types import SimpleNamespace
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.admin.actors import actor_of
from registry.api import asked as reader
from registry.errors import DomainError
from registry.models import Account, GovernanceRequest
from registry.selectors import accounts, proposable, reference, requested_changes
from registry.services.ask_once import ask_once
from registry.services.try_request import try_request

from . import request_forms
from .flow import Wizard
from .places import request_places

Kind = GovernanceRequest.Kind
FORMS = {
    Kind.ACCOUNT_OPENING: request_forms.Opening,
    Kind.ACCOUNT_CHANGE: request_forms.Change,
    Kind.ACCOUNT_STATUS: request_forms.Status,
    Kind.ACCOUNT_CLOSURE: request_forms.Closure,
    Kind.ACCOUNT_HANDOVER: request_forms.Handover,
    Kind.HOLDER_MERGER: request_forms.Merger,
    Kind.REPRESENTATIVE: request_forms.Appointment,
    Kind.RESTORATION: request_forms.Restoration,
    Kind.TRUSTED_ACCOUNT: request_forms.Trusting,
    Kind.STOP_LIFTING: request_forms.Lifting,
}
ABOUT = {
    Kind.ACCOUNT_OPENING: _("A new account, with its holder and its first representatives."),
    Kind.ACCOUNT_CHANGE: _("Another name or another holding limit."),
    Kind.ACCOUNT_STATUS: _("Restrict or suspend an account, or open it again."),
    Kind.ACCOUNT_CLOSURE: _("Close an account that holds nothing."),
    Kind.ACCOUNT_HANDOVER: _("Another holder takes the account over; its representatives end."),
    Kind.HOLDER_MERGER: _("One holder takes over all accounts of another one."),
    Kind.REPRESENTATIVE: _("A person shall act for an account."),
    Kind.RESTORATION: _("Give a suspended representative their right again."),
    Kind.TRUSTED_ACCOUNT: _("Units may go to this account without delay."),
    Kind.STOP_LIFTING: _("End an emergency stop; a quorum decides."),
}
# Requests that a link from an account's page may fill in.
OF_ACCOUNT = [kind for kind, form in FORMS.items() if "account" in form.base_fields]


def choose(request):
    """The first page: in which registry, and what for."""
    actor = actor_of(request)
    places = proposable.registries(actor, permissions.KEEPERS)
    if not places:
        raise PermissionDenied
    account = _account(actor, request.GET.get("account"))
    wanted = account.registry.code if account else request.GET.get("registry")
    registry = next((place for place in places if place.code == wanted), places[0])
    given = {"account": account.number} if account else {}
    kinds = OF_ACCOUNT if account else list(FORMS)
    context = {
        **admin.site.each_context(request),
        "title": _("Ask for something"),
        "registries": places,
        "registry": registry,
        "account": account,
        "kinds": [
            (kind.label, ABOUT[kind], address(registry.code, kind, **given)) for kind in kinds
        ],
    }
    return TemplateResponse(request, "registry/admin/wizard_kinds.html", context)


def ask(request, registry, kind):
    """All further pages, at one address."""
    actor = actor_of(request)
    try:
        place = reference.registry(registry)
    except DomainError as error:
        raise Http404(str(error)) from error
    if kind not in FORMS or not place.hosted:
        raise Http404
    if not actor.roles_in(place.pk) & permissions.KEEPERS:
        raise PermissionDenied
    return Requesting(request, place, Kind(kind)).respond()


def address(registry_code, kind, **given):
    """Where a request of a kind is made, with what a link fills in."""
    query = f"?{urlencode(given)}" if given else ""
    return reverse("admin:ask_kind", args=[registry_code, kind]) + query


def _account(actor, number):
    try:
        return accounts.find(actor, number) if number else None
    except DomainError:
        return None


class Requesting(Wizard):
    """The pages of one kind of request in one registry."""

    preview_template = "registry/admin/wizard_request.html"
    last_heading = _("Check and ask")
    submit_word = _("Ask for it")
    start_word = _("Ask for something")

    def __init__(self, request, registry, kind):
        super().__init__(request)
        self.registry, self.kind, self.at = registry, kind, timezone.now()
        self.steps = (FORMS[kind],)
        self.title = kind.label[:1].upper() + kind.label[1:]

    @property
    def start(self):
        return f"{reverse('admin:ask')}?{urlencode({'registry': self.registry.code})}"

    def account_words(self, number):
        found = Account.objects.filter(number=number).first()
        return f"{found.number} {found.name}" if found else number

    def context(self):
        return {"registry": self.registry}

    def place_of(self, failure):
        return request_places(failure)

    def preview(self, known):
        try:
            request = self._read(known)
        except DomainError as error:
            return {}, error.failures
        failures = try_request(actor=self.actor, request=request, at=self.at)
        if failures:
            return {}, failures
        account = request.account_id and Account.objects.select_related("holder").get(
            pk=request.account_id
        )
        return {"changes": requested_changes.changes(self.kind, account, request.payload)}, []

    def submit(self, known, key):
        made = ask_once(actor=self.actor, request=self._read(known), key=key, at=self.at)
        text = _("Request #%(number)s waits for a decision. You can add documents to it.")
        messages.success(self.request, text % {"number": made.pk})
        return redirect("admin:registry_governancerequest_change", made.pk)

    def _read(self, known):
        """The request, as the API reads it.   Raises: InvalidInput, RuleViolated."""
        body = body_of(self.kind, self.registry.code, known)
        return reader.read(SimpleNamespace(actor=self.actor, data=body))


def body_of(kind, registry_code, known):
    """What the page was told, as the body of a request of the API."""
    body = {name: value for name, value in known.items() if value and name[-1] not in "12"}
    people = [
        {"person": known[f"person_{number}"], "right": known[f"right_{number}"]}
        for number in request_forms.FIRST_REPRESENTATIVES
        if known.get(f"person_{number}")
    ]
    if people:
        body["representatives"] = people
    if "account" not in body:
        body["registry"] = registry_code
    return body | {"kind": str(kind)}
