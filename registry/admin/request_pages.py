"""The page of a request that others decide: what would change, its documents, the decision."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.errors import Conflict, DomainError, NotFound, NotPermitted
from registry.models import LARGEST_DOCUMENT, GovernanceRequest
from registry.selectors import governance, requested_changes
from registry.services.governance import decide, withdraw
from registry.services.request_documents import attach
from registry.services.requested.kinds import KINDS

from . import kept_forms
from .actors import actor_of
from .forms import DecisionForm
from .reauthentication import freshly_authenticated

STALE = 409


def _approve(**said):
    return decide(approved=True, **said)


def _reject(**said):
    return decide(approved=False, **said)


def _withdraw(*, payload_hash, reason, **said):
    return withdraw(**said)


# What a person can say of a waiting request: the service, the heading, the button.
ACTS = {
    "approve": (_approve, _("Approve request"), _("Approve")),
    "reject": (_reject, _("Reject request"), _("Reject")),
    "withdraw": (_withdraw, _("Withdraw request"), _("Withdraw")),
}


class RequestPages:
    """For the admin class of requests: pages that show all of one, and lead to its services."""

    change_form_template = "registry/admin/request.html"

    def get_urls(self):
        pages = [
            path(f"<int:number>/{place}", self.admin_site.admin_view(view), name=f"{name}")
            for place, view, name in (
                ("decide/<str:act>/", self.decide, "registry_governancerequest_decide"),
                ("documents/", self.attach, "registry_governancerequest_attach"),
                (
                    "documents/<int:document>/",
                    self.document,
                    "registry_governancerequest_document",
                ),
            )
        ]
        return [*pages, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= self._told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    @freshly_authenticated
    def decide(self, request, number, act):
        """Shows exactly what is decided; a POST says it through the service."""
        told = self._told(request, number)
        if act not in ACTS or not told:
            raise Http404
        service, heading, button = ACTS[act]
        address = reverse("admin:registry_governancerequest_change", args=[number])
        typed = kept_forms.kept(request).get("reason", [""])
        form, status = DecisionForm(request.POST or None, initial={"reason": typed[0]}), 200
        if request.method == "POST" and form.is_valid():
            error = self._said(request, number, service, form.cleaned_data)
            if error is None:
                return redirect(address)
            status = STALE if isinstance(error, Conflict) else 200
            told = self._told(request, number)
        context = {
            **self.admin_site.each_context(request),
            **told,
            "title": f"{heading} #{number}",
            "opts": self.opts,
            "form": form,
            "act": act,
            "button": button,
            "address": address,
            "media": self.media,
        }
        template = "registry/admin/request_decide.html"
        return TemplateResponse(request, template, context, status=status)

    def attach(self, request, number):
        """Takes a document for a waiting request of one's own."""
        given = request.FILES.get("document")
        if given is None:
            messages.error(request, _("Choose a file first."))
        else:
            try:
                attach(
                    actor=actor_of(request),
                    request_id=number,
                    name=given.name,
                    media_type=given.content_type or "",
                    content=given.read(LARGEST_DOCUMENT + 1),
                    at=timezone.now(),
                )
                messages.success(request, _("The document was added."))
            except NotFound as error:
                raise Http404(str(error)) from error
            except DomainError as error:
                _complain(request, error)
        return redirect("admin:registry_governancerequest_change", number)

    def document(self, request, number, document):
        """A document as a file: no browser shows it as if this node said it."""
        try:
            found = governance.document(actor_of(request), number, document)
        except DomainError as error:
            raise Http404(str(error)) from error
        content = bytes(found.content)
        answer = HttpResponse(content, content_type="application/octet-stream")
        ending = found.media_type.rpartition("/")[2]
        name = f"request-{number}-{document}.{ending}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _said(self, request, number, service, said):
        """The error that the service answers with, told to the person; None where it did it."""
        try:
            found = service(actor=actor_of(request), request_id=number, at=timezone.now(), **said)
        except DomainError as error:
            _complain(request, error)
            return error
        text = _("Request #%(number)s: %(status)s.")
        words = {"number": number, "status": found.get_status_display()}
        messages.success(request, text % words)
        return None

    def _told(self, request, number):
        """All of a request that this person may read, and what they may do with it."""
        actor = actor_of(request)
        try:
            found = governance.find(actor, number)
        except DomainError:
            return {}
        waits = found.status == GovernanceRequest.Status.WAITING
        changes = None
        if waits:
            changes = requested_changes.changes(found.kind, found.account, found.payload)
        return {
            "found": found,
            "zone": found.registry and found.registry.jurisdiction.time_zone,
            "changes": changes,
            "payload": [(capfirst(name), value) for name, value in found.payload.items()],
            "payload_hash": bytes(found.payload_hash).hex(),
            "may_add": waits and found.requested_by_id == actor.person_id,
            "acts": [(act, ACTS[act][2]) for act in _open_acts(actor, found)],
        }


def _open_acts(actor, found):
    """What the actor could say of a request now; the services decide when it is said."""
    if found.status != GovernanceRequest.Status.WAITING or found.kind not in KINDS:
        return []
    if found.requested_by_id == actor.person_id:
        return ["withdraw"]
    if any(decision.person_id == actor.person_id for decision in found.decisions.all()):
        return []
    try:
        KINDS[found.kind].require_decider(actor, found.registry, found.account)
    except NotPermitted:
        return []
    return ["approve", "reject"]


def _complain(request, error):
    for failure in error.failures:
        messages.error(request, f"{failure.message} {failure.hint}")
