"""Requests that others decide, and their documents."""

from django.utils import timezone
from rest_framework.response import Response

from registry.api import asked, queries
from registry.api import forms as proposal_forms
from registry.api import governance_documents as documents
from registry.api import governance_forms as forms
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.selectors import governance, reference
from registry.services.governance import ask, decide, withdraw
from registry.services.request_documents import attach

from .base import Collection, Resource, Thing, newest_first

BODY = described.PolymorphicProxySerializer(
    component_name="RequestForm",
    serializers=forms.FORMS,
    resource_type_field_name="kind",
)


def address_of(number):
    return f"/api/v1/requests/{number}"


@described.extend_schema_view(
    get=described.operation(
        "listRequests",
        "Requests, the newest first",
        answers={200: described.page_of(documents.RequestDocument)},
        query=queries.Requests,
    ),
    post=described.operation(
        "askForSomething",
        "Ask for something that others decide",
        answers={201: documents.RequestDocument},
        description="What would forbid it now is told now; it is carried out by the last approval.",
        body=BODY,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION],
    ),
)
class Requests(Collection):
    document = documents.RequestDocument
    scope = "manage"
    listed_by = queries.Requests

    def kept(self, data):
        return without_shown(data)

    def rows(self, actor, *, after, limit):
        given = {name: self.asked[name] for name in ("kind", "status") if name in self.asked}
        if "registry" in self.asked:
            given["registry"] = reference.registry(self.asked["registry"])
        if "account" in self.asked:
            given["account__number"] = self.asked["account"]
        rows = governance.visible(actor).filter(**given)
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        made = ask(actor=request.actor, request=asked.read(request), at=timezone.now())
        return answer(request.actor, made.pk, made.shown)


def without_shown(data):
    """What is shown once is not in what is kept to be answered again."""
    return {**data, "shown": None} if "shown" in data else data


def answer(actor, number, shown=None):
    """The request as it is now, after something was said of it."""
    found = governance.find(actor, number)
    found.shown = shown
    document = documents.RequestDocument(found)
    headers = {"Location": address_of(number)}
    if found.opened_account is not None:
        headers["Link"] = f'</api/v1/accounts/{found.opened_account}>; rel="related"'
    return Response(document.data, status=201, headers=headers)


@described.reads("getRequest", "One request, with its decisions", documents.RequestDocument)
class RequestThing(Thing):
    document = documents.RequestDocument

    def find(self, actor, number):
        return governance.find(actor, number_of(number))


def said(name, summary, body):
    """Documents the POST of what is said of a request."""
    return described.extend_schema_view(
        post=described.operation(
            name,
            summary,
            answers={201: documents.RequestDocument},
            body=body,
            problems=described.WRITTEN,
            parameters=[described.KEY_PARAMETER, described.LOCATION],
        )
    )


@said("decideRequest", "Approve or reject exactly one payload", proposal_forms.Decision)
class Decisions(Resource):
    scope = "approve"

    def kept(self, data):
        return without_shown(data)

    def post(self, request, number):
        form = read_form(proposal_forms.Decision, request)
        decided = decide(
            actor=request.actor,
            request_id=number_of(number),
            approved=form["decision"] == "approve",
            payload_hash=form["payload_hash"],
            at=timezone.now(),
            reason=form.get("reason", ""),
        )
        return answer(request.actor, decided.pk, decided.shown)


@said("withdrawRequest", "Take one's own request back", forms.Reason)
class Withdrawal(Resource):
    scope = "manage"

    def post(self, request, number):
        read_form(forms.Reason, request)
        taken = withdraw(actor=request.actor, request_id=number_of(number), at=timezone.now())
        return answer(request.actor, taken.pk)


@said("attachDocument", "Add a document to one's own request", forms.AddedFile)
class Attachments(Resource):
    scope = "manage"

    def post(self, request, number):
        form = read_form(forms.AddedFile, request)
        attach(actor=request.actor, request_id=number_of(number), at=timezone.now(), **form)
        return answer(request.actor, number_of(number))


@described.reads(
    "getAttachment",
    "A document of a request, with its content",
    documents.ContentDocument,
)
class Attachment(Thing):
    """As base64 in JSON: no browser shows what people upload as if the node said it."""

    document = documents.ContentDocument

    def find(self, actor, number, document):
        return governance.document(actor, number_of(number), number_of(document, "document"))
