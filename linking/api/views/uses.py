"""Units of registries of this node that were used abroad."""

from linking.api import queries
from linking.api.use_documents import UseDocument
from linking.selectors import uses
from registry.api import schema as described
from registry.api.reading import number_of
from registry.api.schema import listed
from registry.api.views.base import Collection, Thing, newest_first

FILTERS = {"unit_type": "unit_type__code", "registry": "registry__code"}


@described.extend_schema_view(
    get=listed(
        "listUsesAbroad",
        "Units that were used in another registry, the newest first",
        UseDocument,
        queries.Uses,
    )
)
class Uses(Collection):
    document = UseDocument
    listed_by = queries.Uses

    def rows(self, actor, *, after, limit):
        rows = uses.visible(actor)
        for name, path in FILTERS.items():
            if name in self.asked:
                rows = rows.filter(**{path: self.asked[name]})
        if "standing" in self.asked:
            rows = rows.filter(undone_at__isnull=self.asked["standing"] == "true")
        return newest_first(rows, after=after, limit=limit)


@described.reads("getUseAbroad", "One use of units abroad", UseDocument)
class UseThing(Thing):
    document = UseDocument

    def find(self, actor, number):
        return uses.find(actor, number_of(number))
