"""Account holders: the entities in whose names accounts are kept."""

from registry.api import documents, queries
from registry.api.schema import page_of, reads
from registry.selectors import holders, reference

from .base import Collection, Thing

# Parameters, and the columns that they narrow.
FILTERS = {
    "jurisdiction": "jurisdiction__code",
    "group": "group__code",
    "sector": "sector",
    "name": "name__icontains",
}


@reads(
    "listAccountHolders",
    "Account holders, in the order of their codes",
    page_of(documents.WholeHolderDocument),
    queries.AccountHolders,
)
class AccountHolders(Collection):
    query = queries.AccountHolders
    key_form = str
    document = documents.WholeHolderDocument

    def rows(self, actor, *, after, limit):
        given = {column: self.asked[name] for name, column in FILTERS.items() if name in self.asked}
        if "synthetic" in self.asked:
            given["is_synthetic"] = self.asked["synthetic"] == "true"
        if "registry" in self.asked:
            place = reference.registry(self.asked["registry"])
            given["pk__in"] = holders.accounts_of(actor).filter(registry=place).values("holder")
        rows = holders.visible(actor).filter(**given, code__gt=after or "")
        return list(rows[: limit + 1])

    def key(self, row):
        return row.code


@reads("getAccountHolder", "One account holder", documents.WholeHolderDocument)
class AccountHolderThing(Thing):
    document = documents.WholeHolderDocument

    def find(self, actor, code):
        return holders.find(actor, code)
