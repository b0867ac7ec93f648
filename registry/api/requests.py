"""What is read of every request before its resource: the body, its origin, its trace."""

import re
import secrets
from functools import cache

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput

# Ten thousand lines with all their fields are about 3 MB.
GREATEST_BODY = 16 * 2**20
IDEMPOTENCY_KEY = "Idempotency-Key"
KEY_LENGTH = 190
# version, trace-id, parent-id, flags (W3C Trace Context, section 3.2).
TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


def header(request, name, absent=""):
    """One header of the request; `headers` would make a dictionary of all of them first."""
    # REST framework's request passes on what it is asked for, which takes longer than asking.
    return getattr(request, "_request", request).META.get(_placed_under(name), absent)


@cache
def _placed_under(name):
    return f"HTTP_{name.upper().replace('-', '_')}"


def body_of(request, greatest=GREATEST_BODY) -> bytes:
    """The whole body, read once; a larger one is refused by its Content-Length, unread.

    Raises: InvalidInput (BODY_TOO_LARGE).
    """
    django_request = request._request
    if "_body" not in django_request.__dict__:
        refuse_large(request, greatest)
        body = django_request.read(greatest + 1)
        if len(body) > greatest:
            raise too_large(greatest)
        django_request._body = body
    return django_request._body


def refuse_large(request, greatest) -> None:
    """Raises: InvalidInput (BODY_TOO_LARGE)."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > greatest:
        raise too_large(greatest)


def too_large(greatest):
    return InvalidInput(
        Failure(
            "BODY_TOO_LARGE",
            _("The request is too large."),
            _("Send fewer lines in one request."),
            data={"greatest_bytes": str(greatest)},
        )
    )


def origin_of(request) -> str:
    """The address that the request comes from: behind a proxy, what the last proxy says."""
    if settings.CONCORD["BEHIND_PROXY"]:
        passed_on = header(request, "X-Forwarded-For").rpartition(",")[2].strip()
        if passed_on:
            return passed_on
    return request.META.get("REMOTE_ADDR", "")


def trace_of(request) -> str:
    """The trace that the request belongs to: the caller's, or a new one. 32 hexadecimal digits."""
    match = TRACEPARENT.fullmatch(header(request, "Traceparent"))
    return match[1] if match else secrets.token_hex(16)


def idempotency_key(request) -> str:
    """Raises: InvalidInput (KEY_MISSING)."""
    key = header(request, IDEMPOTENCY_KEY)
    if not 0 < len(key) <= KEY_LENGTH or not key.isprintable():
        raise InvalidInput(
            Failure(
                "KEY_MISSING",
                _("The request has no idempotency key of 1 to 190 printable characters."),
                _("Send a key of your choice; send the same key when you repeat the request."),
                data={"parameter": IDEMPOTENCY_KEY},
            )
        )
    return key
