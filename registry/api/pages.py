"""Pages by cursor: a page is found by what the page before ended with, never by counting.

A cursor is signed together with the address and the filters that it came from, so that one from
elsewhere is refused instead of giving a page of something else.
"""

from django.core import signing
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from registry.errors import Failure, InvalidInput

DEFAULT_LIMIT = 100


def start(request, form=int):
    """Where the page begins: what the cursor says, or None for the first page.

    `form` is what a key of the list is: a type, a tuple of types for a list of so many values, or
    `[type]` for a list of any length. A cursor that another version of the node has signed may
    have another form, and is refused as one from elsewhere.

    Raises: InvalidInput (CURSOR_INVALID).
    """
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        found = _signer(request).unsign_object(text)
    except (signing.BadSignature, ValueError) as error:
        raise invalid_cursor() from error
    if not _is_of(form, found):
        raise invalid_cursor()
    return found


def invalid_cursor() -> InvalidInput:
    """The refusal of a cursor that this list has not given."""
    return InvalidInput(
        Failure(
            "CURSOR_INVALID",
            _("The cursor does not belong to this address and these filters."),
            _("Follow the next link as it was given, or begin without a cursor."),
            data={"parameter": "cursor"},
        )
    )


def _is_of(form, found):
    if isinstance(form, list):
        return type(found) is list and all(type(value) is form[0] for value in found)
    if isinstance(form, tuple):
        return type(found) is list and [type(value) for value in found] == list(form)
    return type(found) is form


def answer(request, rows, *, limit, key, document, **members):
    """The page of rows, of which there is one more than the limit when another page follows."""
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        query = request.query_params.copy()
        query["cursor"] = _signer(request).sign_object(key(rows[-1]))
        following = f"{request.path}?{query.urlencode()}"
    items = document(rows, many=True).data
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return Response({**members, "items": items, "next": following}, headers=headers)


def _signer(request):
    filters = sorted(
        (name, value)
        for name, value in request.query_params.items()
        if name not in ("cursor", "limit")
    )
    return signing.Signer(salt=f"registry.api.pages {request.path} {filters}")
