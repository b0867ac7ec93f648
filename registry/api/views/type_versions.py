"""Versions of transaction types: proposed by one system administrator, approved by another."""

from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from registry.api import conditional, forms, queries, type_documents
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.models import Scope
from registry.selectors import reference, type_versions
from registry.services import transaction_types

from .base import Collection, Resource, Tagged, Thing, newest_first


def answer(found, status):
    document = type_documents.TypeVersionDocument(found)
    address = reverse("api:type-version", args=[found.pk])
    return Response(document.data, status=status, headers={"Location": address})


def type_now(code, registry, at):
    """What getTransactionType says of the type."""
    found = reference.transaction_type(code, registry, at)
    return type_documents.TransactionTypeDetailDocument(found).data


@described.extend_schema_view(
    get=described.operation(
        "listTypeVersions",
        "Proposed versions of transaction types, the newest first",
        answers={200: described.page_of(type_documents.TypeVersionDocument)},
        query=queries.Page,
    ),
    post=described.operation(
        "proposeTypeVersion",
        "Propose the next version of a transaction type",
        answers={202: type_documents.TypeVersionDocument},
        description=(
            "The rules that are not named stay as they are: as If-Match, send the ETag of the type "
            "that the proposal is based on."
        ),
        body=forms.TypeVersionProposal,
        problems=(*described.WRITTEN, 412, 428),
        parameters=[
            *(described.KEY_PARAMETER, described.MATCH_PARAMETER),
            *(described.REPLAYED, described.LOCATION),
        ],
    ),
)
class TypeVersions(Tagged, Collection):
    # It names who proposes and decides.
    reading_is_kept = True
    document = type_documents.TypeVersionDocument
    scope = Scope.MANAGE
    listed_by = queries.Page

    def rows(self, actor, *, after, limit):
        rows = type_versions.proposals(actor)
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        """202: another system administrator decides."""
        said = read_form(forms.TypeVersionProposal, request)
        place = said.get("registry")
        at = timezone.now()
        found = transaction_types.propose_version(
            actor=request.actor,
            version=transaction_types.NewVersion(
                said["code"],
                said["rules"],
                said["valid_from"],
                registry_id=place and reference.registry(place).pk,
            ),
            at=at,
            reason=said["reason"],
        )
        # In the proposal's own database transaction: what is refused here is not proposed.
        conditional.require_match(request, lambda: type_now(said["code"], place, at))
        return answer(type_versions.find(request.actor, found.pk), 202)


@described.reads(
    "getTypeVersion",
    "One proposed version of a transaction type",
    type_documents.TypeVersionDocument,
)
class TypeVersion(Tagged, Thing):
    reading_is_kept = True
    document = type_documents.TypeVersionDocument

    def find(self, actor, number):
        return type_versions.find(actor, number_of(number))


@described.extend_schema_view(
    post=described.operation(
        "decideTypeVersion",
        "Approve, reject or withdraw a proposed version",
        answers={201: type_documents.TypeVersionDocument},
        description="The payload hash says what is approved.",
        body=forms.VersionDecision,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
    )
)
class Decision(Resource):
    scope = Scope.MANAGE

    def post(self, request, number):
        said = read_form(forms.VersionDecision, request)
        found = type_versions.find(request.actor, number_of(number))
        words = {"actor": request.actor, "proposal_id": found.pk, "reason": said.get("reason", "")}
        if said["decision"] == "withdraw":
            transaction_types.withdraw_version(**words)
        elif said["decision"] == "reject":
            transaction_types.reject_version(payload_hash=said["payload_hash"], **words)
        else:
            transaction_types.approve_version(payload_hash=said["payload_hash"], **words)
        return answer(type_versions.find(request.actor, found.pk), 201)
