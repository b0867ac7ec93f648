"""Accounts, and what they hold, now and as of any position."""

from rest_framework.response import Response

from registry.api import as_of, documents, pages, queries
from registry.api.fields import AccountNumber
from registry.api.reading import read_path
from registry.api.schema import page_of, reads
from registry.selectors import accounts, blocks, holdings, reference

from .base import Collection, Resource, Thing


@reads(
    "listAccounts",
    "Accounts, in the order of their opening",
    page_of(documents.AccountDocument),
    queries.Accounts,
)
class Accounts(Collection):
    query = queries.Accounts
    document = documents.AccountDocument

    def rows(self, actor, *, after, limit):
        given = {name: self.asked[name] for name in ("kind", "status") if name in self.asked}
        if "registry" in self.asked:
            given["registry"] = reference.registry(self.asked["registry"])
        if "holder" in self.asked:
            given["holder__code"] = self.asked["holder"]
        rows = accounts.visible(actor).filter(**given, pk__gt=after or 0)
        return list(rows.order_by("pk")[: limit + 1])


@reads("getAccount", "One account", documents.AccountDocument)
class Account(Thing):
    document = documents.AccountDocument

    def find(self, actor, number):
        return accounts.find(actor, read_path(AccountNumber(), "number", number))


@reads(
    "getBalances",
    "What an account holds, by unit type and vintage",
    documents.BalancesDocument,
    queries.AsOf,
)
class Balances(Resource):
    query = queries.AsOf

    def get(self, request, number):
        account = accounts.find(request.actor, read_path(AccountNumber(), "number", number))
        position, moment = as_of.resolve(self.asked)
        found = {
            "account": account.number,
            "as_of": moment,
            "items": holdings.balances(account_id=account.pk, as_of=position),
        }
        return Response(documents.BalancesDocument(found).data)


@reads(
    "listHoldings",
    "Blocks that accounts hold; as of the past, of one account",
    page_of(documents.HoldingDocument, as_of=documents.AsOfDocument),
    queries.Holdings,
)
class Holdings(Collection):
    query = queries.Holdings
    key_form = [str]
    document = documents.HoldingDocument

    def rows(self, actor, *, after, limit):
        position, moment = as_of.resolve(self.asked)
        self.moment = documents.AsOfDocument(moment).data
        self.order, find = blocks.choose(
            actor,
            account=self._found("account", lambda number: accounts.find(actor, number)),
            registry=self._found("registry", reference.registry),
            as_of=position,
        )
        if after is not None and len(after) != len(self.order):
            raise pages.invalid_cursor()
        unit_type = self._found("unit_type", reference.unit_type)
        return find(unit_type_id=unit_type and unit_type.pk, after=after, limit=limit)

    def key(self, row):
        return [str(row[column]) for column in self.order]

    def members(self):
        return {"as_of": self.moment}

    def _found(self, name, find):
        return find(self.asked[name]) if name in self.asked else None
