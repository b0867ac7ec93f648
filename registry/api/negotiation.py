"""Which form an answer has: what nearly every program accepts is found without comparing."""

from rest_framework.negotiation import DefaultContentNegotiation

from .requests import header

ANYTHING = "*/*"


class ContentNegotiation(DefaultContentNegotiation):
    """Who accepts anything, or just the first form, gets the first, as by comparing them all."""

    def select_renderer(self, request, renderers, format_suffix=None):
        first = renderers[0]
        if header(request, "Accept", ANYTHING) in (ANYTHING, first.media_type):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
