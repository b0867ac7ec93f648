"""Answers whose very bytes count: what is signed, and what others store under the same name."""

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from rest_framework.negotiation import BaseContentNegotiation

from .base import Resource


class AsItIs(BaseContentNegotiation):
    """There is one form, whatever is accepted: other programs ask for it in many ways."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Verbatim(Resource):
    """Bytes of a media type. `max_age_s` says how long others may keep them without asking."""

    content_negotiation_class = AsItIs
    content_type = "application/json"
    max_age_s = 0
    public = False

    def verbatim(self, request, data: bytes):
        """The answer, or 304 where the reader has these bytes already."""
        answer = HttpResponse(data, content_type=self.content_type)
        set_response_etag(answer)
        if self.public:
            patch_cache_control(answer, public=True, max_age=self.max_age_s)
        else:
            patch_cache_control(answer, private=True, no_cache=True)
        return get_conditional_response(request, etag=answer["ETag"], response=answer)


class Published(Verbatim):
    """What everybody may read, without a key."""

    authentication_classes = ()
    permission_classes = ()
    public = True
    max_age_s = 300
