"""Entity tags of reference data: what a reader has already is not sent again (RFC 9110, §13).

A tag is a digest of the bytes that it stands for, and therefore strong. The version that checks
keep their facts under would be no tag: it changes with what no answer shows, and not when a type
comes into force because time passes.
"""

import hashlib

from django.conf import settings
from django.http import HttpResponseNotModified
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer

from registry.errors import Conflict, Failure, InvalidInput

IF_MATCH, NONE_MATCH = "If-Match", "If-None-Match"
VARIES = ("Accept", "Accept-Language", "Authorization")


def tag_of(data) -> str:
    """The entity tag of an answer, by what it says."""
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def answer(request, response):
    """The response with its tag, or 304 where the reader has it already."""
    tag = tag_of(response.data)
    known = {each.removeprefix("W/") for each in parse_etags(request.headers.get(NONE_MATCH, ""))}
    if known & {tag, "*"}:
        response = HttpResponseNotModified()
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, VARIES)
    return response


def require_match(request, document) -> None:
    """A change is asked for on the ground of what is there now, read in whatever language.

    `document` gives what the resource that is to change says now.

    Raises: InvalidInput (IF_MATCH_MISSING), Conflict (PRECONDITION_FAILED).
    """
    if not request.headers.get(IF_MATCH):
        raise InvalidInput(
            Failure(
                "IF_MATCH_MISSING",
                _("The request does not say what it is based on."),
                _("Read what is to change and send its ETag as If-Match."),
                data={"parameter": IF_MATCH},
            )
        )
    tags = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            tags.append(tag_of(document()))
    given = parse_etags(request.headers[IF_MATCH])
    if given != ["*"] and not set(given) & set(tags):
        raise Conflict(
            Failure(
                "PRECONDITION_FAILED",
                _("What the request is based on has changed."),
                _("Read it again, and ask again if the request still makes sense."),
                data={"parameter": IF_MATCH},
            )
        )
