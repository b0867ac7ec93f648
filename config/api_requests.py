"""Requests of the API are answered before anything that pages need is prepared.

Such a request proves itself by its key or its signature, in each request anew. Cookies mean nothing
to it but the language, so sessions, form tokens, messages, sign-in and static files are left out.
What of the later middleware matters to programs is done here: the name of the host is checked, the
language chosen, the length told, and browsers are kept from showing answers as pages.
"""

from functools import lru_cache

from django.urls import get_resolver
from django.utils import translation
from django.utils.cache import patch_vary_headers

PREFIX = "/api/v1/"
# What programs of other nodes ask for.
PREFIXES = (PREFIX, "/protocol/v1/")
# The documentation is a page, with scripts, styles and their nonce.
PAGES = frozenset({f"{PREFIX}docs"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class Middleware:
    """Stands behind what is for every request, and before what is for pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info
        if not path.startswith(PREFIXES) or path in PAGES:
            return self.get_response(request)
        # Raises: DisallowedHost, which is answered with 400.
        request.get_host()
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
        return _finished(request, _answer(request))


def _answer(request):
    match = request.resolver_match = _match(request.path_info)
    response = match.func(request, *match.args, **match.kwargs)
    if callable(getattr(response, "render", None)):
        response = response.render()
    return response


@lru_cache(maxsize=1_000)
def _match(path):
    """The view of an address: most requests have one of a few, and the addresses are many."""
    return get_resolver().resolve(path)


def _finished(request, response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    patch_vary_headers(response, ("Accept-Language",))
    response.headers.setdefault("Content-Language", translation.get_language())
    if not response.streaming and not response.has_header("Content-Length"):
        response.headers["Content-Length"] = str(len(response.content))
    return response
