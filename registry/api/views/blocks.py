"""Serials: what a text means, where units are, and where they were before."""

from rest_framework.response import Response

from registry.api import pages, queries, serial_documents
from registry.api.schema import reads
from registry.api.serials import is_text, one_block, serials_of
from registry.selectors import blocks, history, legacy, serials

from .base import Resource


@reads(
    "findBlocks",
    "Where serials are held now, at home and abroad",
    serial_documents.BlocksDocument,
    queries.Blocks,
    description=(
        "Where serials are held now, at home and abroad. They are named by `unit_type` with "
        "`serial`, or with `first` and `last`; or by `text`, which is a serial as it is printed "
        "here or as another registry writes it. Then `meanings` tells how the text was read."
    ),
)
class Blocks(Resource):
    query = queries.Blocks

    def get(self, request):
        limit = self.asked.get("limit", pages.DEFAULT_LIMIT)
        if is_text(self.asked):
            meanings, found = serials.search(
                request.actor, self.asked["text"], limit=limit, parameter="text"
            )
        else:
            unit_type, first, last = serials_of(self.asked)
            meanings, found = (
                [],
                blocks.at_serials(
                    request.actor, unit_type_id=unit_type.pk, first=first, last=last, limit=limit
                ),
            )
        document = {
            "meanings": meanings,
            "items": found[:limit],
            "legacy": legacy.of_blocks(found[:limit]),
            "truncated": len(found) > limit,
        }
        return Response(serial_documents.BlocksDocument(document).data)


@reads(
    "getBlockHistory",
    "Where units were before: every account that held the serials",
    serial_documents.HistoryDocument,
    queries.History,
)
class History(Resource):
    query = queries.History

    def get(self, request):
        unit_type, first, last = one_block(self.asked)
        limit = self.asked.get("limit", pages.DEFAULT_LIMIT)
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
            "legacy": legacy.of_serials(unit_type, [(first, last)]) if stays else [],
            "truncated": len(stays) > limit,
        }
        answer = serial_documents.HistoryDocument(document, context={"of": unit_type})
        return Response(answer.data)
