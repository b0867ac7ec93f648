"""Agreements: begun, worded, commented on, signed and ended by their parties."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import documents, forms, queries
from linking.errors import failure
from linking.models import Comment
from linking.selectors import agreements
from linking.services.change_edge import terminate
from linking.services.comment import comment
from linking.services.create_agreement import NewParty, create_agreement
from linking.services.propose_version import propose_version
from linking.services.reject_version import reject_version
from linking.services.sign_version import sign_version
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Thing, newest_first
from registry.errors import InvalidInput
from registry.keys import text_forms


@described.extend_schema_view(
    get=listed(
        "listAgreements",
        "Agreements, the newest first",
        documents.AgreementDocument,
        queries.Agreements,
    ),
    post=written(
        "beginAgreement",
        "Begin an agreement between jurisdictions",
        documents.AgreementDocument,
        forms.AgreementForm,
    ),
)
class Agreements(Collection):
    document = documents.AgreementDocument
    scope = "manage"
    listed_by = queries.Agreements

    def rows(self, actor, *, after, limit):
        return newest_first(agreements.visible(actor), after=after, limit=limit)

    def post(self, request):
        form = read_form(forms.AgreementForm, request)
        parties = [NewParty(each["registry"], each.get("public_key")) for each in form["parties"]]
        made = create_agreement(
            actor=request.actor, code=form["code"], parties=parties, at=timezone.now()
        )
        document = documents.AgreementDocument(agreements.find(request.actor, made.code))
        headers = {"Location": f"/api/v1/agreements/{made.code}"}
        return Response(document.data, status=201, headers=headers)


@described.reads("getAgreement", "One agreement", documents.AgreementDocument)
class AgreementThing(Thing):
    document = documents.AgreementDocument

    def find(self, actor, code):
        return agreements.find(actor, code)


def registries_of(code, **names):
    """The registries of the parties to an agreement, whose texts name jurisdictions only."""
    return agreements.parties(code).values("registry")


def version_answer(actor, code, number):
    """The version as it is now, after something was done with it."""
    document = documents.AgreementVersionDocument(agreements.find_version(actor, code, number))
    headers = {"Location": f"/api/v1/agreements/{code}/versions/{number}"}
    return Response(document.data, status=201, headers=headers)


@described.extend_schema_view(
    get=listed(
        "listAgreementVersions",
        "Texts of an agreement, the newest first",
        documents.AgreementVersionDocument,
        queries.Agreements,
    ),
    post=written(
        "proposeAgreementVersion",
        "Propose a text, in place of an earlier proposal",
        documents.AgreementVersionDocument,
        forms.VersionForm,
    ),
)
class Versions(Collection):
    registries_named = staticmethod(registries_of)
    document = documents.AgreementVersionDocument
    scope = "manage"
    listed_by = queries.Agreements

    def rows(self, actor, *, after, limit, code):
        rows = agreements.versions(agreements.find(actor, code))
        return newest_first(rows, after=after, limit=limit)

    def post(self, request, code):
        form = read_form(forms.VersionForm, request)
        agreements.find(request.actor, code)
        made = propose_version(
            actor=request.actor,
            agreement=code,
            party=form["party"],
            said=form["text"],
            at=timezone.now(),
        )
        return version_answer(request.actor, code, made.number)


@described.reads(
    "getAgreementVersion", "One text, signed or not", documents.AgreementVersionDocument
)
class VersionThing(Thing):
    registries_named = staticmethod(registries_of)
    document = documents.AgreementVersionDocument

    def find(self, actor, code, number):
        return agreements.find_version(actor, code, number_of(number))


@described.extend_schema_view(
    get=listed(
        "listAgreementComments",
        "What parties have said",
        documents.CommentDocument,
        queries.Agreements,
    ),
    post=written(
        "commentOnAgreement",
        "Say something about a clause of what is proposed",
        documents.CommentDocument,
        forms.CommentForm,
    ),
)
class Comments(Collection):
    registries_named = staticmethod(registries_of)
    document = documents.CommentDocument
    scope = "manage"
    listed_by = queries.Agreements

    def rows(self, actor, *, after, limit, code):
        of = agreements.find(actor, code)
        rows = Comment.objects.filter(version__agreement=of).select_related(
            "version", "party__jurisdiction", "person"
        )
        return newest_first(rows.order_by("-pk"), after=after, limit=limit)

    def post(self, request, code):
        form = read_form(forms.CommentForm, request)
        agreements.find(request.actor, code)
        made = comment(
            actor=request.actor,
            agreement=code,
            party=form["party"],
            said=(form["clause"], form["text"]),
            at=timezone.now(),
        )
        headers = {"Location": f"/api/v1/agreements/{code}/comments"}
        return Response(documents.CommentDocument(made).data, status=201, headers=headers)


@described.extend_schema_view(
    post=written(
        "signAgreementVersion",
        "Sign exactly one text for a party",
        documents.AgreementVersionDocument,
        forms.SignatureForm,
        description="With the last signature the text is in force.",
    )
)
class Signatures(Resource):
    scope = "approve"

    def post(self, request, code):
        form = read_form(forms.SignatureForm, request)
        agreements.find(request.actor, code)
        signed = sign_version(
            actor=request.actor,
            agreement=code,
            party=form["party"],
            digest=form["digest"],
            signature=_signature(form.get("signature")),
            at=timezone.now(),
        )
        return version_answer(request.actor, code, signed.number)


@described.extend_schema_view(
    post=written(
        "rejectAgreementVersion",
        "Reject exactly one text for a party, or take its own back",
        documents.AgreementVersionDocument,
        forms.RejectionForm,
    )
)
class Rejections(Resource):
    scope = "approve"

    def post(self, request, code):
        form = read_form(forms.RejectionForm, request)
        agreements.find(request.actor, code)
        rejected = reject_version(
            actor=request.actor,
            agreement=code,
            party=form["party"],
            digest=form["digest"],
            reason=form["reason"],
            at=timezone.now(),
        )
        return version_answer(request.actor, code, rejected.number)


def _signature(text):
    """Raises: InvalidInput (SIGNED_ANOTHER_VERSION)."""
    try:
        return None if text is None else text_forms.decode(text)
    except ValueError as error:
        raise InvalidInput(failure("SIGNED_ANOTHER_VERSION", pointer="/signature")) from error


@described.extend_schema_view(
    post=written(
        "terminateAgreement",
        "Withdraw a party's recognition, with notice",
        documents.TerminationDocument,
        forms.TerminationForm,
    )
)
class Termination(Resource):
    scope = "approve"

    def post(self, request, code):
        form = read_form(forms.TerminationForm, request)
        agreements.find(request.actor, code)
        ends_at = terminate(
            actor=request.actor,
            agreement=code,
            party=form["party"],
            at=timezone.now(),
            reason=form["reason"],
            grace_until=form.get("grace_until"),
        )
        document = documents.TerminationDocument({"agreement": code, "ends_at": ends_at})
        headers = {"Location": f"/api/v1/agreements/{code}"}
        return Response(document.data, status=201, headers=headers)
