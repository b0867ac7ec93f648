"""Changes of reference data: proposed by one system administrator, approved by another."""

from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from registry.api import forms, queries
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.api.reference_change_documents import ReferenceChangeDocument
from registry.models import Scope
from registry.selectors import reference_changes
from registry.services.reference_changes import (
    Change,
    approve_change,
    propose_change,
    reject_change,
    withdraw_change,
)

from .base import Collection, Resource, Thing, newest_first


def answer(actor, number, status):
    """The change as it is now, after something was said of it."""
    document = ReferenceChangeDocument(reference_changes.find(actor, number))
    address = reverse("api:reference-change", args=[number])
    return Response(document.data, status=status, headers={"Location": address})


@described.extend_schema_view(
    get=described.operation(
        "listReferenceChanges",
        "Changes of reference data, the newest first",
        answers={200: described.page_of(ReferenceChangeDocument)},
        query=queries.ReferenceChanges,
    ),
    post=described.operation(
        "proposeReferenceChange",
        "Propose that a row of reference data is added, changed or deleted",
        answers={202: ReferenceChangeDocument},
        description="Another system administrator decides; until then nothing changes.",
        body=forms.ReferenceChangeProposal,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
    ),
)
class ReferenceChanges(Collection):
    document = ReferenceChangeDocument
    scope = Scope.MANAGE
    listed_by = queries.ReferenceChanges

    def rows(self, actor, *, after, limit):
        names = ("table", "operation", "status")
        given = {name: self.asked[name] for name in names if name in self.asked}
        rows = reference_changes.changes(actor).filter(**given)
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        """202: another system administrator decides."""
        change = Change(**read_form(forms.ReferenceChangeProposal, request))
        found = propose_change(actor=request.actor, change=change, at=timezone.now())
        return answer(request.actor, found.pk, 202)


@described.reads(
    "getReferenceChange", "One change of reference data, old and new", ReferenceChangeDocument
)
class ReferenceChangeThing(Thing):
    document = ReferenceChangeDocument

    def find(self, actor, number):
        return reference_changes.find(actor, number_of(number))


def said(name, summary, body):
    """Documents the POST of what is said of a change."""
    return described.extend_schema_view(
        post=described.operation(
            name,
            summary,
            answers={201: ReferenceChangeDocument},
            description="The payload hash says what is decided on.",
            body=body,
            problems=described.WRITTEN,
            parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
        )
    )


class Said(Resource):
    """What one person says of exactly one payload."""

    scope = Scope.APPROVE
    service = None

    def say(self, request, number):
        form = read_form(forms.ReferenceDecision, request)
        number = number_of(number)
        type(self).service(
            actor=request.actor,
            change_id=number,
            payload_hash=form["payload_hash"],
            reason=form.get("reason", ""),
        )
        return answer(request.actor, number, 201)


@said(
    "approveReferenceChange", "Approve a change, which is applied at once", forms.ReferenceDecision
)
class Approvals(Said):
    service = staticmethod(approve_change)

    def post(self, request, number):
        return self.say(request, number)


@said("rejectReferenceChange", "Reject a change: the row stays as it is", forms.ReferenceDecision)
class Rejections(Said):
    service = staticmethod(reject_change)

    def post(self, request, number):
        return self.say(request, number)


@said("withdrawReferenceChange", "Take one's own change back", forms.Withdrawal)
class Withdrawal(Resource):
    scope = Scope.MANAGE

    def post(self, request, number):
        form = read_form(forms.Withdrawal, request)
        number = number_of(number)
        reason = form.get("reason", "")
        withdraw_change(actor=request.actor, change_id=number, reason=reason)
        return answer(request.actor, number, 201)
