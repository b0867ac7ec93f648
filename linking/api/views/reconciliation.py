"""Comparisons with partners, and the cases of what differs."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import reconciliation_documents as documents
from linking.api import reconciliation_forms as forms
from linking.selectors import cases
from linking.services.reconcile import reconcile_pair
from linking.services.repair_case import approve_repair, propose_repair, refuse_repair
from registry.api import schema as described
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Thing, newest_first
from registry.selectors import reference

DECISIONS = {"approve": approve_repair, "refuse": refuse_repair}


@described.extend_schema_view(
    get=listed(
        "listReconciliations",
        "Comparisons with partners, the newest first",
        documents.RunDocument,
        forms.Runs,
    ),
    post=written(
        "reconcile",
        "Compare a unit type with a partner, now",
        documents.RunDocument,
        forms.RunForm,
        description="Transfers go on meanwhile. What differs becomes a case, and exactly its"
        " serials are frozen.",
    ),
)
class Runs(Collection):
    document = documents.RunDocument
    scope = "manage"
    listed_by = forms.Runs

    def rows(self, actor, *, after, limit):
        rows = cases.runs(actor)
        if "result" in self.asked:
            rows = rows.filter(result=self.asked["result"])
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        form = read_form(forms.RunForm, request)
        unit_type = named(reference.unit_type, form["unit_type"], "/unit_type")
        partner = named(reference.registry, form["partner"], "/partner")
        run = reconcile_pair(
            actor=request.actor,
            unit_type=unit_type,
            partner=partner,
            at=timezone.now(),
            clock=timezone.now,
        )
        headers = {"Location": f"/api/v1/reconciliations/{run.pk}"}
        return Response(documents.RunDocument(run).data, status=201, headers=headers)


@described.reads("getReconciliation", "One comparison", documents.RunDocument)
class RunThing(Thing):
    document = documents.RunDocument

    def find(self, actor, number):
        return cases.find_run(actor, number_of(number))


@described.extend_schema_view(
    get=listed(
        "listCases",
        "Cases of what differs, the newest first",
        documents.CaseDocument,
        forms.Cases,
    )
)
class Cases(Collection):
    document = documents.CaseDocument
    listed_by = forms.Cases

    def rows(self, actor, *, after, limit):
        rows = cases.visible(actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        return newest_first(rows, after=after, limit=limit)


@described.reads("getCase", "One case", documents.CaseDocument)
class CaseThing(Thing):
    document = documents.CaseDocument

    def find(self, actor, number):
        return cases.find(actor, number_of(number))


@described.extend_schema_view(
    post=written(
        "proposeRepair", "Propose how a case ends", documents.CaseDocument, forms.RepairForm
    )
)
class Repair(Resource):
    scope = "propose"

    def post(self, request, number):
        form = read_form(forms.RepairForm, request)
        said = {"repair": form["repair"], "reason": form["reason"], "at": timezone.now()}
        return _told(propose_repair(actor=request.actor, number=number_of(number), **said))


@described.extend_schema_view(
    post=written(
        "decideRepair",
        "Approve or refuse what another person has proposed for a case",
        documents.CaseDocument,
        forms.RepairDecisionForm,
    )
)
class RepairDecision(Resource):
    scope = "approve"

    def post(self, request, number):
        decide = DECISIONS[read_form(forms.RepairDecisionForm, request)["decision"]]
        found = decide(actor=request.actor, number=number_of(number), at=timezone.now())
        return _told(found)


def _told(case):
    headers = {"Location": f"/api/v1/cases/{case.pk}"}
    return Response(documents.CaseDocument(case).data, status=201, headers=headers)
