"""What other nodes ask of this one: to take a message, to answer a query, for its card."""

import logging

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from linking.api.peer_requests import PeerRequest
from linking.messages.bodies import BODIES
from linking.services.ask_peer import answer_query, forms_of_queries
from linking.services.make_card import make_card
from linking.services.receive_message import receive_message
from registry import canonical
from registry.api.requests import origin_of
from registry.api.views.base import Resource
from registry.api.views.verbatim import AsItIs, Published
from registry.errors import DomainError

logger = logging.getLogger("linking.wire")


class AsItCame(BaseParser):
    """The body is read once its sender is proved."""

    media_type = "*/*"

    def parse(self, stream, media_type=None, parser_context=None):
        return None


class OfPeers(Resource):
    """Requests of peers prove themselves: no key of a person's, no key of idempotency."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (AsItCame,)
    content_negotiation_class = AsItIs
    writes = False
    reading_is_kept = False

    @property
    def greatest_body(self):
        return settings.CONCORD["PEER_LIMITS"]["bytes"]

    def handle_exception(self, error):
        """What is refused is in the log of the node: who asked, and the code."""
        if isinstance(error, DomainError):
            origin = origin_of(self.request)
            logger.warning("%s from %s: %s", self.request.path, origin, error.code)
        return super().handle_exception(error)


@extend_schema(exclude=True)
class Messages(OfPeers):
    """Takes a message: 200 says that it is kept and applied, or was before."""

    def post(self, request):
        at = timezone.now()
        asked = PeerRequest(request, BODIES, at=at)
        return Response({"outcome": receive_message(asked.peer, asked.envelope, at=at)})


@extend_schema(exclude=True)
class Queries(OfPeers):
    """Answers a query by a signed message."""

    def post(self, request):
        at = timezone.now()
        asked = PeerRequest(request, forms_of_queries(), at=at)
        answer = answer_query(asked.peer, asked.envelope.message, at=at)
        return HttpResponse(answer, content_type="application/json")


@extend_schema(exclude=True)
class OwnCard(Published):
    """The node's card, for whoever introduces it."""

    max_age_s = 0

    def get(self, request):
        return self.verbatim(request, canonical.encode(make_card(at=timezone.now())))
