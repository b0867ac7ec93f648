"""Edges in force: what they say, whether they are open, and what is left of their quotas."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import documents, forms, queries
from linking.edges import kinds
from linking.edges.findings import Finding, Unreadable
from linking.errors import refused_document
from linking.lifecycle.triggers import Observations
from linking.presets import preset
from linking.selectors import edges
from linking.selectors.meters import meters
from linking.services.allot import allot
from linking.services.change_edge import Act, resume, suspend
from linking.services.stop_edge import stop_edge
from linking.services.watch import watch
from registry.api import schema as described
from registry.api.reading import read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Thing


@described.extend_schema_view(
    get=listed("listLinks", "Edges in force", documents.LinkDocument, queries.Links)
)
class Links(Collection):
    document = documents.LinkDocument
    query = queries.Links

    def rows(self, actor, *, after, limit):
        given = {
            f"{end}__code": self.asked[end] for end in ("source", "acceptor") if end in self.asked
        }
        return edges.page(actor, given, after=after, limit=limit, at=timezone.now())

    def key(self, row):
        return row.edge_id


@described.reads("getLink", "One edge in force", documents.LinkDocument)
class LinkThing(Thing):
    document = documents.LinkDocument

    def find(self, actor, edge):
        return edges.find(actor, edge, at=timezone.now())


def changes_answer(edge, made):
    """What an act has changed."""
    document = documents.EdgeChangesDocument({"changes": made})
    return Response(document.data, status=201, headers={"Location": f"/api/v1/links/{edge}"})


@described.extend_schema_view(
    post=written(
        "suspendLink",
        "Stop an edge at once, and a reciprocal one with it",
        documents.EdgeChangesDocument,
        forms.LinkSuspensionForm,
    )
)
class Suspension(Resource):
    scope = "approve"

    def post(self, request, edge):
        form = read_form(forms.LinkSuspensionForm, request)
        row = edges.find(request.actor, edge, at=timezone.now())
        act = Act("suspended", "manual", form["reason"], form.get("grace_until"))
        stop = stop_edge if "emergency" in form else suspend
        made = stop(
            actor=request.actor,
            agreement=row.version.agreement.code,
            edge_id=edge,
            act=act,
            at=timezone.now(),
        )
        return changes_answer(edge, made)


@described.extend_schema_view(
    post=written(
        "resumeLink",
        "Open a suspended edge again",
        documents.EdgeChangesDocument,
        forms.ResumptionForm,
    )
)
class Resumption(Resource):
    scope = "approve"

    def post(self, request, edge):
        form = read_form(forms.ResumptionForm, request)
        row = edges.find(request.actor, edge, at=timezone.now())
        made = resume(
            actor=request.actor,
            agreement=row.version.agreement.code,
            edge_id=edge,
            at=timezone.now(),
            reason=form["reason"],
        )
        return changes_answer(edge, made)


@described.extend_schema_view(
    post=written(
        "observeLink",
        "Report what was observed; triggers of the edge that it fires suspend it",
        documents.ObservationsDocument,
        forms.ObservationsForm,
    )
)
class Observed(Resource):
    scope = "approve"

    def post(self, request, edge):
        form = read_form(forms.ObservationsForm, request)
        edges.find(request.actor, edge, at=timezone.now())
        seen = Observations(
            price_ratios=_ratios(form.get("price_ratios", ())),
            volume_t=form.get("volume", 0),
            events=frozenset(form.get("events", ())),
        )
        told = watch(actor=request.actor, edge_id=edge, seen=seen, at=timezone.now())
        document = documents.ObservationsDocument({"fired": told})
        return Response(document.data, status=201, headers={"Location": f"/api/v1/links/{edge}"})


@described.extend_schema_view(
    post=written(
        "allotQuota",
        "Give out a quota beforehand, to those who ask for a part of it",
        documents.AllotmentDocument,
        forms.AllotmentForm,
    )
)
class Allotments(Resource):
    scope = "approve"

    def post(self, request, edge):
        form, actor = read_form(forms.AllotmentForm, request), request.actor
        row = edges.find(actor, edge, at=timezone.now())
        holders = {
            edges.entity_for(actor, row, wish["holder"]): wish["holder"] for wish in form["wishes"]
        }
        if len(holders) != len(form["wishes"]):
            wrong = Finding("WRONG_TYPE", "/wishes", {"wanted": "each holder once"})
            raise refused_document([wrong])
        given = allot(
            actor=actor,
            agreement=row.version.agreement.code,
            edge_id=edge,
            quota_number=form["quota"] - 1,
            period=form["period"],
            wishes=dict(zip(holders, map(_wish, form["wishes"]), strict=True)),
        )
        told = [{"holder": holders[pk], "tonnes": tonnes} for pk, tonnes in given.tonnes.items()]
        document = documents.AllotmentDocument({"price": given.price, "given": told})
        headers = {"Location": f"/api/v1/links/{edge}/meters"}
        return Response(document.data, status=201, headers=headers)


def _wish(wish):
    """Tonnes, or a bid where a price is named."""
    return (wish["tonnes"], wish["price"]) if "price" in wish else wish["tonnes"]


def _ratios(texts):
    """Raises: InvalidInput (NOT_EXACT) with the place of each that is no exact number."""
    found, wrong = [], []
    for number, text in enumerate(texts):
        try:
            found.append(kinds.exact(text))
        except Unreadable as error:
            wrong.append(Finding(error.code, f"/price_ratios/{number}", error.data))
    if wrong:
        raise refused_document(wrong)
    return tuple(found)


@described.reads(
    "getMeters", "What is left of an edge's quotas", documents.MetersDocument, queries.Meters
)
class Meters(Thing):
    document = documents.MetersDocument
    query = queries.Meters

    def find(self, actor, edge):
        at = timezone.now()
        row = edges.find(actor, edge, at=at)
        entity = edges.entity_for(actor, row, self.asked.get("entity"))
        period = self.asked.get("period", str(at.year))
        return {"edge": edge, "meters": meters(edge, entity=entity, period=period, at=at)}


@described.reads("getLinkPreset", "An edge to begin with", documents.PresetDocument, queries.Preset)
class Preset(Thing):
    # It is worked out of what is asked, and holds nothing of anybody.
    reading_is_kept = False
    document = documents.PresetDocument
    query = queries.Preset

    def find(self, actor):
        asked = self.asked
        document = preset(
            asked["form"],
            source=asked["source"],
            acceptor=asked["acceptor"],
            unit_types=[asked["unit_type"]],
            into=asked.get("into", ""),
        )
        return {"form": asked["form"], "document": document}
