"""What registries moved here with: their units by type, the old totals, the old serials."""

from registry.api import opening_documents as documents
from registry.api import queries
from registry.api import schema as described
from registry.api.reading import number_of
from registry.selectors import openings, reference

from .base import Collection, Thing, newest_first


@described.reads(
    "listOpeningBalances",
    "What registries moved here with, the newest first",
    described.page_of(documents.OpeningBalanceDocument),
    queries.OpeningBalances,
    description=(
        "One for each unit type and load. The files are sent as an upload of the kind "
        "opening_balances."
    ),
)
class OpeningBalances(Collection):
    query = queries.OpeningBalances
    document = documents.OpeningBalanceDocument

    def rows(self, actor, *, after, limit):
        given = {}
        if "registry" in self.asked:
            given["registry"] = reference.registry(self.asked["registry"])
        if "upload" in self.asked:
            given["upload"] = self.asked["upload"]
        return newest_first(openings.visible(actor).filter(**given), after=after, limit=limit)


@described.reads("getOpeningBalance", "One opening balance", documents.OpeningBalanceDocument)
class OpeningBalance(Thing):
    document = documents.OpeningBalanceDocument

    def find(self, actor, number):
        return openings.find(actor, number_of(number))


class Part(Collection):
    """Rows of one opening balance, in their order."""

    query = queries.Page

    def rows(self, actor, *, after, limit, number):
        rows = self.of(openings.find(actor, number_of(number)))
        return list(rows.filter(pk__gt=after or 0).order_by("pk")[: limit + 1])

    def of(self, opening):
        raise NotImplementedError


@described.reads(
    "listOpeningTotals",
    "What the old registry said that each account held",
    described.page_of(documents.OpeningTotalDocument),
    queries.Page,
)
class OpeningTotals(Part):
    document = documents.OpeningTotalDocument

    def of(self, opening):
        return opening.totals.select_related("account")


@described.reads(
    "listLegacyBlocks",
    "The serials that the units had in the old registry",
    described.page_of(documents.LegacyBlockDocument),
    queries.Page,
)
class LegacyBlocks(Part):
    document = documents.LegacyBlockDocument

    def of(self, opening):
        return opening.blocks.all()
