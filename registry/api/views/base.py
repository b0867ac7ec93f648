"""What all resources have in common: who asks, what is asked, and pages."""

from django.conf import settings
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api import pages
from registry.api.queries import Nothing
from registry.api.reading import read_query

ENVIRONMENT = "Concord-Environment"


class Resource(APIView):
    """Every answer says of which environment it is, so that a test is never taken for real."""

    query = Nothing

    def initial(self, request, *args, **kwargs):
        """Raises: NotPermitted, InvalidInput."""
        super().initial(request, *args, **kwargs)
        self.asked = read_query(self.query, request)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response[ENVIRONMENT] = settings.CONCORD["ENVIRONMENT"]
        return response


class Thing(Resource):
    """One thing: `find` returns it."""

    document = None

    def get(self, request, **names):
        return Response(self.document(self.find(request.actor, **names)).data)

    def find(self, actor, **names):
        raise NotImplementedError


class Collection(Resource):
    """A page of things: `rows` returns one more than the limit where another page follows."""

    document = None

    def get(self, request, **names):
        limit = self.asked.get("limit", pages.DEFAULT_LIMIT)
        rows = self.rows(request.actor, after=pages.start(request), limit=limit, **names)
        return pages.answer(
            request, rows, limit=limit, key=self.key, document=self.document, **self.members()
        )

    def rows(self, actor, *, after, limit, **names):
        raise NotImplementedError

    def key(self, row):
        """What the next page begins after, as JSON."""
        raise NotImplementedError

    def members(self):
        """What the page says besides its items."""
        return {}
