"""Emergency stops: placed at once, lifted by requests of the kind stop_lifting."""

from django.utils import timezone
from rest_framework.response import Response

from registry.api import governance_documents as documents
from registry.api import governance_forms as forms
from registry.api import queries
from registry.api import schema as described
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.selectors import accounts, reference, stops
from registry.services.stops import Stopped, place_stop

from .base import Collection, Thing, newest_first


@described.extend_schema_view(
    get=described.operation(
        "listStops",
        "Emergency stops, the newest first",
        answers={200: described.page_of(documents.StopDocument)},
        query=queries.Stops,
    ),
    post=described.operation(
        "placeStop",
        "Stop a registry, an account or a unit type at once",
        answers={201: documents.StopDocument},
        description="Nothing new is proposed there from now on, and nothing that waits completes.",
        body=forms.StopForm,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION],
    ),
)
class Stops(Collection):
    document = documents.StopDocument
    scope = "manage"
    listed_by = queries.Stops

    def rows(self, actor, *, after, limit):
        rows = stops.visible(actor)
        if "registry" in self.asked:
            rows = rows.filter(registry=reference.registry(self.asked["registry"]))
        if "standing" in self.asked:
            rows = rows.filter(lifted_at__isnull=self.asked["standing"] == "true")
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        form, actor = read_form(forms.StopForm, request), request.actor
        registry = named(reference.registry, form["registry"], "/registry")
        account = unit_type = None
        if "account" in form:
            account = named(lambda n: accounts.find(actor, n), form["account"], "/account")
        if "unit_type" in form:
            unit_type = named(reference.unit_type, form["unit_type"], "/unit_type")
        what = Stopped(
            registry.pk,
            account and account.pk,
            unit_type and unit_type.pk,
            form.get("subject", ""),
        )
        placed = place_stop(actor=actor, what=what, reason=form["reason"], at=timezone.now())
        document = documents.StopDocument(stops.find(actor, placed.pk))
        headers = {"Location": f"/api/v1/stops/{placed.pk}"}
        return Response(document.data, status=201, headers=headers)


@described.reads("getStop", "One emergency stop", documents.StopDocument)
class StopThing(Thing):
    document = documents.StopDocument

    def find(self, actor, number):
        return stops.find(actor, number_of(number))
