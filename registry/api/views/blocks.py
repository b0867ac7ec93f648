"""Serials: where they are, and where they were before."""

from rest_framework.response import Response

from registry.api import documents, pages, queries
from registry.api.schema import reads
from registry.api.serials import serials_of
from registry.selectors import blocks, history, reference

from .base import Resource


@reads(
    "findBlocks",
    "Where serials are held now, at home and abroad",
    documents.BlocksDocument,
    queries.Blocks,
)
class Blocks(Resource):
    query = queries.Blocks

    def get(self, request):
        first, last = serials_of(self.asked)
        limit = self.asked.get("limit", pages.DEFAULT_LIMIT)
        found = blocks.at_serials(
            request.actor,
            unit_type_id=reference.unit_type(self.asked["unit_type"]).pk,
            first=first,
            last=last,
            limit=limit,
        )
        document = {"items": found[:limit], "truncated": len(found) > limit}
        return Response(documents.BlocksDocument(document).data)


@reads(
    "getBlockHistory",
    "Where units were before: every account that held the serials",
    documents.HistoryDocument,
    queries.History,
)
class History(Resource):
    query = queries.History

    def get(self, request):
        first, last = serials_of(self.asked)
        limit = self.asked.get("limit", pages.DEFAULT_LIMIT)
        unit_type = reference.unit_type(self.asked["unit_type"])
        registry = history.registry_of(
            request.actor, unit_type=unit_type, code=self.asked.get("registry")
        )
        stays = history.history(
            registry_id=registry.pk,
            unit_type_id=unit_type.pk,
            first=first,
            last=last,
            limit=limit + 1,
        )
        document = {
            "registry": registry.code,
            "unit_type": unit_type.code,
            "items": stays[:limit],
            "truncated": len(stays) > limit,
        }
        return Response(documents.HistoryDocument(document).data)
