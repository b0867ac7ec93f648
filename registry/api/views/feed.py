"""The change feed: postings in the node's order, from any position on."""

import threading
import time

from rest_framework.response import Response

from registry.api import feed_documents, pages, queries
from registry.api.schema import reads
from registry.selectors import feed, positions

from .base import Resource

LOOKS_EVERY_S = 0.25
# Who waits holds a thread of the server: most of them must be free for others.
waiting = threading.BoundedSemaphore(2)


@reads(
    "getFeed",
    "Postings after a position, in the node's order",
    feed_documents.FeedDocument,
    queries.Feed,
    description=(
        "Postings after a position, in the node's order; none is ever before one that was "
        "answered. With wait_s the answer waits until there is one, for as many seconds at most."
    ),
)
class Feed(Resource):
    query = queries.Feed

    def get(self, request):
        after = self.asked.get("after", 0)
        limit = self.asked.get("limit", pages.DEFAULT_LIMIT)
        self.wait_for_more(after, min(self.asked.get("wait_s", 0), queries.LONGEST_WAIT_S))
        head = positions.head()
        # The head is read first, so that nothing between it and the items is told to be read.
        items = feed.postings(request.actor, after=after, limit=limit)
        reached = items[-1].pk if len(items) == limit else max(after, head.pk if head else 0)
        if items:
            reached = max(reached, items[-1].pk)
        document = feed_documents.FeedItemDocument(items, many=True)
        return Response({"items": document.data, "position": str(reached)})

    def wait_for_more(self, after, seconds):
        if not seconds or not waiting.acquire(blocking=False):
            return
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                head = positions.head()
                if head is not None and head.pk > after:
                    return
                time.sleep(LOOKS_EVERY_S)
        finally:
            waiting.release()
