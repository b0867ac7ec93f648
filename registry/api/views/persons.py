"""Persons: listed and read, and deactivated at once; everything else of them is asked for."""

from rest_framework.response import Response

from registry.api import governance_forms as forms
from registry.api import person_documents as documents
from registry.api import queries
from registry.api import schema as described
from registry.api.reading import read_form
from registry.selectors import persons, reference
from registry.services.deactivate_person import deactivate_person

from .base import Collection, Resource, Thing, newest_first


@described.reads(
    "listPersons",
    "Persons, those who were added last first",
    described.page_of(documents.PersonDocument),
    queries.Persons,
)
class Persons(Collection):
    query = queries.Persons
    document = documents.PersonDocument

    def rows(self, actor, *, after, limit):
        role = {name: self.asked[name] for name in ("role", "registry") if name in self.asked}
        if "registry" in role:
            role["registry"] = reference.registry(role["registry"])
        rows = persons.having(actor, **role) if role else persons.visible(actor)
        if "active" in self.asked:
            rows = rows.filter(is_active=self.asked["active"] == "true")
        return newest_first(rows, after=after, limit=limit)


@described.reads("getPerson", "One person", documents.PersonDocument)
class PersonThing(Thing):
    document = documents.PersonDocument

    def find(self, actor, username):
        return persons.find(actor, username)


@described.extend_schema_view(
    post=described.operation(
        "deactivatePerson",
        "End all that a person may do, at once",
        answers={201: documents.PersonDocument},
        description="In a signed request. Two others let the person in again: `person_change`.",
        body=forms.SaidReason,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER],
    ),
)
class Deactivation(Resource):
    scope = "manage"

    def post(self, request, username):
        reason = read_form(forms.SaidReason, request)["reason"]
        done = deactivate_person(actor=request.actor, username=username, reason=reason)
        return Response(documents.PersonDocument(done).data, status=201)
