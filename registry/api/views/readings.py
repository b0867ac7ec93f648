"""Who has read what, for auditors. To read this is a reading as well."""

from registry.api import queries
from registry.api.reading_documents import ReadingDocument
from registry.api.schema import page_of, reads
from registry.selectors import readings, reference

from .base import Collection, newest_first


@reads(
    "listReadings",
    "Who has read what, the newest first",
    page_of(ReadingDocument),
    queries.Readings,
    description=(
        "Who has read ledger or personal data, by this API or on the pages, the newest first. "
        "Auditors and regulators of a registry see what touched it; those of all registries see "
        "every reading. To read this list is a reading as well."
    ),
)
class Readings(Collection):
    query = queries.Readings
    document = ReadingDocument

    def rows(self, actor, *, after, limit):
        code = self.asked.get("registry")
        rows = readings.by(
            readings.visible(actor),
            person=self.asked.get("person"),
            registry=None if code is None else reference.registry(code),
            route=self.asked.get("route"),
            since=self.asked.get("since"),
            until=self.asked.get("until"),
        )
        return newest_first(rows.order_by("-pk"), after=after, limit=limit)
