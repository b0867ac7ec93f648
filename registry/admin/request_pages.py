"""The page of a request that others decide: what would change, its documents, the decision."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError, NotFound, NotPermitted
from registry.models import LARGEST_DOCUMENT, Account, GovernanceRequest
from registry.selectors import governance, requested_changes
from registry.services.governance import decide, withdraw
from registry.services.request_documents import attach
from registry.services.requested.kinds import KINDS

from .actors import actor_of, administers_the_system
from .deciding import Decided, complain


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


# What is shown to who decides is shown there only.
OF_THE_NODE = {
    GovernanceRequest.Kind.RECOVERY: "admin:recovery",
    GovernanceRequest.Kind.PERSON: "admin:person_addition",
    GovernanceRequest.Kind.PERSON_CHANGE: "admin:person_change",
}


class RequestPages(Decided):
    """For the admin class of requests: pages that show all of one, and lead to its services."""

    acts = ACTS
    change_form_template = "registry/admin/request.html"
    told_template = "registry/admin/request_told.html"

    def get_urls(self):
        pages = [
            path(f"<int:number>/{place}", self.admin_site.admin_view(view), name=f"{name}")
            for place, view, name in (
                ("documents/", self.attach, "registry_governancerequest_attach"),
                (
                    "documents/<int:document>/",
                    self.document,
                    "registry_governancerequest_document",
                ),
            )
        ]
        return [self.decision_path(), *pages, *super().get_urls()]

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
                complain(request, error)
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

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What is asked for the whole node is decided on pages of its own, by who manages it."""
        own = _own_page(int(object_id)) if object_id.isdecimal() else None
        if own and administers_the_system(request):
            return redirect(own, int(object_id))
        return super().change_view(request, object_id, form_url, extra_context)

    def decide(self, request, number, act):
        """Not here where a page of its own shows what comes of it."""
        if _own_page(number):
            raise Http404
        return super().decide(request, number, act)

    def _say(self, request, number, service, said):
        found = service(actor=actor_of(request), request_id=number, at=timezone.now(), **said)
        text = _("Request #%(number)s: %(status)s.")
        return text % {"number": number, "status": found.get_status_display()}

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
            "opened": Account.objects.filter(number=found.opened_account).first(),
            "payload": requested_changes.asked_for(found.payload),
            "payload_hash": bytes(found.payload_hash).hex(),
            "may_add": waits and found.requested_by_id == actor.person_id,
            "acts": [(act, ACTS[act][2]) for act in _open_acts(actor, found)],
        }


def _own_page(number):
    """The name of the page on which a request is decided, where that is not this one."""
    kinds = GovernanceRequest.objects.filter(pk=number).values_list("kind", flat=True)
    return OF_THE_NODE.get(kinds.first())


def _open_acts(actor, found):
    """What the actor could say of a request now; the services decide when it is said."""
    waits = found.status == GovernanceRequest.Status.WAITING
    if not waits or found.kind not in KINDS or found.kind in OF_THE_NODE:
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
