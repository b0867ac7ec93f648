"""Jurisdictions, schemes, registries, unit types, transaction types; facts and their sources."""

from django.utils import timezone

from registry.api import documents, queries, type_documents
from registry.api.schema import page_of, reads
from registry.selectors import reference

from .base import Collection, Tagged, Thing


class Rows(Tagged, Collection):
    """Reference data in the order of a column. `filters` maps parameters to columns."""

    order = "pk"
    filters = {}

    def queryset(self):
        raise NotImplementedError

    def rows(self, actor, *, after, limit):
        given = {
            column: self.asked[name] for name, column in self.filters.items() if name in self.asked
        }
        rows = self.queryset().filter(**given)
        if after is not None:
            rows = rows.filter(**{f"{self.order}__gt": after})
        return list(rows[: limit + 1])

    def key(self, row):
        return getattr(row, self.order)


class ByCode(Rows):
    order = "code"
    key_form = str


@reads(
    "listJurisdictions",
    "Parties, and places inside them",
    page_of(documents.JurisdictionDocument),
    queries.Jurisdictions,
)
class Jurisdictions(ByCode):
    query = queries.Jurisdictions
    document = documents.JurisdictionDocument
    filters = {"level": "level", "parent": "parent__code"}

    def queryset(self):
        return reference.jurisdictions()


@reads("getJurisdiction", "One jurisdiction", documents.JurisdictionDocument)
class Jurisdiction(Tagged, Thing):
    document = documents.JurisdictionDocument

    def find(self, actor, code):
        return reference.find(reference.jurisdictions(), code, "UNKNOWN_JURISDICTION")


@reads(
    "listSchemes",
    "Markets and crediting mechanisms",
    page_of(documents.SchemeDocument),
    queries.Schemes,
)
class Schemes(ByCode):
    query = queries.Schemes
    document = documents.SchemeDocument
    filters = {"jurisdiction": "jurisdiction__code", "kind": "kind"}

    def queryset(self):
        return reference.schemes()


@reads("getScheme", "One scheme", documents.SchemeDocument)
class Scheme(Tagged, Thing):
    document = documents.SchemeDocument

    def find(self, actor, code):
        return reference.find(reference.schemes(), code, "UNKNOWN_SCHEME")


@reads(
    "listRegistries",
    "The accounts and units of schemes",
    page_of(documents.RegistryDocument),
    queries.Registries,
)
class Registries(ByCode):
    query = queries.Registries
    document = documents.RegistryDocument
    filters = {"jurisdiction": "jurisdiction__code", "scheme": "scheme__code"}

    def queryset(self):
        return reference.registries()


@reads("getRegistry", "One registry", documents.RegistryDocument)
class Registry(Tagged, Thing):
    document = documents.RegistryDocument

    def find(self, actor, code):
        return reference.registry(code)


@reads(
    "listUnitTypes",
    "Kinds of allowances and credits, with their aliases",
    page_of(documents.UnitTypeDocument),
    queries.UnitTypes,
)
class UnitTypes(ByCode):
    query = queries.UnitTypes
    document = documents.UnitTypeDocument
    filters = {"registry": "registry__code", "kind": "kind"}

    def queryset(self):
        return reference.unit_types()


@reads("getUnitType", "One unit type, by its code or an alias", documents.UnitTypeDocument)
class UnitType(Tagged, Thing):
    document = documents.UnitTypeDocument

    def find(self, actor, code):
        return reference.unit_type(code)


@reads(
    "listFacts",
    "Stated values about jurisdictions, schemes, registries and unit types, with their sources",
    page_of(documents.FactDocument),
    queries.Facts,
)
class Facts(Rows):
    query = queries.Facts
    document = documents.FactDocument
    filters = {
        "jurisdiction": "jurisdiction__code",
        "subject": "subject",
        "topic": "topic",
        "param": "param",
    }

    def queryset(self):
        return reference.facts()


@reads(
    "listSources",
    "Where values come from, and how far each source was read",
    page_of(documents.SourceDocument),
    queries.Page,
)
class Sources(ByCode):
    query = queries.Page
    document = documents.SourceDocument

    def queryset(self):
        return reference.sources()


@reads(
    "listTransactionTypes",
    "The versions of transaction types that are in force",
    page_of(type_documents.TransactionTypeDocument),
    queries.Page,
)
class TransactionTypes(Tagged, Collection):
    query = queries.Page
    document = type_documents.TransactionTypeDocument

    def rows(self, actor, *, after, limit):
        start = after or 0
        self.start = start + limit
        return list(reference.transaction_types(timezone.now())[start : start + limit + 1])

    def key(self, row):
        return self.start


@reads(
    "getTransactionType",
    "The version of a transaction type that is in force, and the number of the latest one",
    type_documents.TransactionTypeDetailDocument,
    queries.TransactionType,
    description="Of the registry that is named, if it has a version of its own.",
)
class TransactionType(Tagged, Thing):
    query = queries.TransactionType
    document = type_documents.TransactionTypeDetailDocument

    def find(self, actor, code):
        return reference.transaction_type(code, self.asked.get("registry"), timezone.now())
