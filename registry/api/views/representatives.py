"""Representatives, trusted accounts and events of an account; what a registry lays down."""

from django.utils import timezone
from rest_framework.response import Response

from registry.api import governance_documents as documents
from registry.api import governance_forms as forms
from registry.api import queries
from registry.api import schema as described
from registry.api.fields import AccountNumber
from registry.api.reading import number_of, read_form, read_path
from registry.selectors import accounts, reference, representatives, rules, trusted
from registry.services.representatives import end, suspend
from registry.services.trusted_accounts import remove_trusted

from .base import Collection, Resource, Tagged, Thing


def account_of(actor, number):
    return accounts.find(actor, read_path(AccountNumber(), "number", number))


@described.reads(
    "getRegistryRules",
    "What a registry lays down for accounts and people",
    documents.RulesDocument,
)
class Rules(Tagged, Thing):
    document = documents.RulesDocument

    def find(self, actor, code):
        return rules.rules_in_force(reference.registry(code).pk, timezone.now())


@described.reads(
    "listAccountClasses",
    "What a registry's law calls its kinds of accounts",
    described.page_of(documents.AccountClassDocument),
    queries.Page,
)
class AccountClasses(Tagged, Collection):
    query = queries.Page
    document = documents.AccountClassDocument

    def rows(self, actor, *, after, limit, code):
        rows = reference.registry(code).account_classes.filter(pk__gt=after or 0)
        return list(rows.order_by("pk")[: limit + 1])


class OfAccount(Collection):
    """What belongs to one account; `selector` gives the rows in the order of their numbers."""

    query = queries.Page
    selector = None

    def rows(self, actor, *, after, limit, number):
        rows = type(self).selector(account_of(actor, number))
        return list(rows.filter(pk__gt=after or 0)[: limit + 1])


@described.reads(
    "listRepresentatives",
    "All representatives that an account ever had",
    described.page_of(documents.RepresentativeDocument),
    queries.Page,
)
class Representatives(OfAccount):
    document = documents.RepresentativeDocument
    selector = staticmethod(representatives.of_account)


@described.reads(
    "listTrustedAccounts",
    "Accounts to which an account sends units without delay",
    described.page_of(documents.TrustedAccountDocument),
    queries.Page,
)
class TrustedAccounts(OfAccount):
    document = documents.TrustedAccountDocument
    selector = staticmethod(trusted.of_account)


@described.reads(
    "listAccountEvents",
    "What happened to an account besides its units",
    described.page_of(documents.AccountEventDocument),
    queries.Page,
)
class AccountEvents(Collection):
    query = queries.Page
    document = documents.AccountEventDocument

    def rows(self, actor, *, after, limit, number):
        account = account_of(actor, number)
        return list(representatives.events(account, after=after or 0, limit=limit))


class AtOnce(Resource):
    """Something that is done to one thing at once, and answered with it."""

    scope = "manage"
    document = None

    def post(self, request, number):
        said = read_form(forms.Reason, request)
        done = self.act(
            request.actor,
            number_of(number),
            at=timezone.now(),
            reason=said.get("reason", ""),
        )
        return Response(self.document(done).data, status=201)

    def act(self, actor, number, *, at, reason):
        raise NotImplementedError


def act(name, summary, document, **more):
    """Documents the POST of what is done at once."""
    return described.extend_schema_view(
        post=described.operation(
            name,
            summary,
            answers={201: document},
            body=forms.Reason,
            problems=described.WRITTEN,
            parameters=[described.KEY_PARAMETER],
            **more,
        )
    )


@act(
    "suspendRepresentative",
    "Take all rights from a representative at once",
    documents.RepresentativeDocument,
)
class Suspension(AtOnce):
    document = documents.RepresentativeDocument

    def act(self, actor, number, *, at, reason):
        return suspend(actor=actor, representative_id=number, at=at, reason=reason)


@act("endRepresentative", "End a representation at once", documents.RepresentativeDocument)
class Ending(AtOnce):
    document = documents.RepresentativeDocument

    def act(self, actor, number, *, at, reason):
        return end(actor=actor, representative_id=number, at=at, reason=reason)


@act(
    "removeTrustedAccount",
    "Take an entry off a trusted account list at once",
    documents.TrustedAccountDocument,
)
class TrustedRemoval(AtOnce):
    document = documents.TrustedAccountDocument

    def act(self, actor, number, *, at, reason):
        return remove_trusted(actor=actor, entry_id=number, at=at, reason=reason)
