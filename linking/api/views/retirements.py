"""Credits that a mechanism outside has retired for a use here."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import documents, forms, queries
from linking.selectors import retirements
from linking.services.retire_elsewhere import (
    Statement,
    confirm_retirement,
    refuse_retirement,
    state_retirement,
)
from registry.api import schema as described
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Thing, newest_first
from registry.selectors import accounts, reference

DECISIONS = {"confirm": confirm_retirement, "refuse": refuse_retirement}


def answer(actor, number):
    document = documents.RetirementDocument(retirements.find(actor, number))
    headers = {"Location": f"/api/v1/external-retirements/{number}"}
    return Response(document.data, status=201, headers=headers)


@described.extend_schema_view(
    get=listed(
        "listExternalRetirements",
        "Credits retired elsewhere for a use here, the newest first",
        documents.RetirementDocument,
        queries.Retirements,
    ),
    post=written(
        "stateExternalRetirement",
        "State that credits were retired elsewhere, with the evidence",
        documents.RetirementDocument,
        forms.RetirementForm,
    ),
)
class Retirements(Collection):
    document = documents.RetirementDocument
    scope = "propose"
    listed_by = queries.Retirements

    def rows(self, actor, *, after, limit):
        rows = retirements.visible(actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        form, actor = read_form(forms.RetirementForm, request), request.actor
        account = named(lambda n: accounts.find(actor, n), form["account"], "/account")
        unit_type = named(reference.unit_type, form["unit_type"], "/unit_type")
        said = Statement(
            unit_type,
            account,
            form["serial"],
            form["vintage_from"],
            form["retired_on"],
            form["evidence"],
            form["document_hash"],
            form.get("project_type"),
            form.get("period", ""),
        )
        made = state_retirement(actor=actor, said=said, at=timezone.now())
        return answer(actor, made.pk)


@described.reads(
    "getExternalRetirement",
    "One statement of credits retired elsewhere",
    documents.RetirementDocument,
)
class RetirementThing(Thing):
    document = documents.RetirementDocument

    def find(self, actor, number):
        return retirements.find(actor, number_of(number))


@described.extend_schema_view(
    post=written(
        "decideExternalRetirement",
        "Confirm or refuse what another person has stated",
        documents.RetirementDocument,
        forms.RetirementDecisionForm,
    )
)
class Decision(Resource):
    scope = "approve"

    def post(self, request, number):
        form = read_form(forms.RetirementDecisionForm, request)
        decide = DECISIONS[form["decision"]]
        made = decide(actor=request.actor, number=number_of(number), at=timezone.now())
        return answer(request.actor, made.pk)
