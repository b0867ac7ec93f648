"""The node's order: its positions, its head, and what waits for a place."""

from rest_framework.response import Response

from registry.api import documents
from registry.api.reading import number_of
from registry.api.schema import reads
from registry.selectors import positions, unsigned

from .base import Resource, Thing


@reads("getHead", "The last position given", documents.PositionDocument)
class Head(Thing):
    reading_is_kept = False
    document = documents.PositionDocument

    def find(self, actor):
        return positions.head() or positions.find(1)


@reads("getPosition", "One position", documents.PositionDocument)
class Position(Thing):
    reading_is_kept = False
    document = documents.PositionDocument

    def find(self, actor, position):
        return positions.find(number_of(position, "position"))


@reads(
    "getHealth",
    "Whether postings get their positions, and issuances their signatures",
    documents.HealthDocument,
)
class Health(Resource):
    reading_is_kept = False

    def get(self, request):
        lag, waiting = positions.lag(), unsigned.waiting()
        document = {
            "head": positions.head(),
            "unplaced": lag.unplaced,
            "oldest_unplaced_s": lag.oldest and lag.oldest.total_seconds(),
            "unsigned": waiting.count,
            "oldest_unsigned_s": waiting.oldest and waiting.oldest.total_seconds(),
        }
        return Response(documents.HealthDocument(document).data)
