"""Problems (RFC 9457): the only place where errors get an HTTP status.

Codes are stable and never translated; what people read is in the language of the request.
"""

import logging

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from registry.errors import (
    Conflict,
    DomainError,
    Failure,
    InvalidInput,
    NotFound,
    NotPermitted,
    RuleViolated,
    Unavailable,
)

CONTENT_TYPE = "application/problem+json"
TYPE = "urn:problem-type:concord:{code}"

# By class: the status, and the title of the problem.
CLASSES = {
    InvalidInput: (400, _("The request is not well formed.")),
    NotPermitted: (403, _("This is not permitted.")),
    NotFound: (404, _("There is no such thing.")),
    Conflict: (409, _("The request conflicts with what has happened.")),
    RuleViolated: (422, _("A rule forbids this.")),
    Unavailable: (503, _("This can not be done now.")),
}
# Codes whose status is not that of their class.
CODES = {
    "NO_ACTOR": 401,
    "API_KEY_UNKNOWN": 401,
    "API_KEY_REVOKED": 401,
    "API_KEY_EXPIRED": 401,
    "PERSON_INACTIVE": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "PRECONDITION_FAILED": 412,
    "IF_MATCH_MISSING": 428,
    "BODY_TOO_LARGE": 413,
    "MEDIA_TYPE_NOT_SUPPORTED": 415,
    "IDEMPOTENCY_KEY_REUSED": 422,
    "SIGNATURE_INVALID": 401,
    "SIGNATURE_INCOMPLETE": 401,
    "SIGNATURE_TIME": 401,
    "SIGNATURE_REPLAYED": 401,
    "BODY_CHANGED": 401,
    "RATE_LIMITED": 429,
    "TEXT_NOT_HERE_YET": 425,
    "PEER_UNKNOWN": 401,
    "PEER_KEY_REVOKED": 401,
    "PEER_KEY_NOT_IN_FORCE": 401,
    "SIGNATURE_MISSING": 401,
    "PEER_FLOODS": 429,
    "INTERNAL_ERROR": 500,
}
# What Django and REST framework raise themselves.
FOREIGN = {
    Http404: (
        NotFound,
        "UNKNOWN_ADDRESS",
        _("There is nothing at this address."),
        _("See the API description for the addresses."),
    ),
    PermissionDenied: (
        NotPermitted,
        "NOT_PERMITTED",
        _("Your roles do not allow this."),
        _("Ask for a role that does."),
    ),
    exceptions.MethodNotAllowed: (
        InvalidInput,
        "METHOD_NOT_ALLOWED",
        _("This address does not take this method."),
        _("The Allow header names the methods that it takes."),
    ),
    exceptions.NotAcceptable: (
        InvalidInput,
        "NOT_ACCEPTABLE",
        _("There is no answer in the media type that you accept."),
        _("Accept application/json."),
    ),
    exceptions.UnsupportedMediaType: (
        InvalidInput,
        "MEDIA_TYPE_NOT_SUPPORTED",
        _("The body has a media type that is not read here."),
        _("Send JSON, with Content-Type: application/json."),
    ),
}
# SQLSTATE of a statement that writes, on a database that is being recovered.
READ_ONLY = "25006"
DATABASE = {
    "DATABASE_UNAVAILABLE": (
        _("The database does not answer."),
        _("Send the same request with the same idempotency key in a while."),
    ),
    "DATABASE_FULL": (
        _("The database has no room left."),
        _("Tell the operator of the node; nothing of this request was kept."),
    ),
    "DATABASE_READ_ONLY": (
        _("The database is being recovered, and takes nothing in."),
        _("Send the same request with the same idempotency key in a while."),
    ),
    "TRY_AGAIN": (
        _("Another request was in the way."),
        _("Send the same request with the same idempotency key again."),
    ),
}
# Which failures of a line are about which of its fields.
FIELDS = (
    ("SOURCE_", "source"),
    ("DESTINATION_", "destination"),
    ("UNKNOWN_SOURCE", "source"),
    ("UNKNOWN_DESTINATION", "destination"),
    ("SERIALS_", "block"),
    ("INSUFFICIENT_", "quantity"),
    ("MINIMUM_", "minimum"),
)


class ProblemResponse(Response):
    """Always JSON, whatever the view renders and the client accepts."""

    @property
    def rendered_content(self):
        self["Content-Type"] = CONTENT_TYPE
        return JSONRenderer().render(self.data)


logger = logging.getLogger("registry.api")


def handle(exception, context):
    """REST framework's exception handler: every error becomes a problem."""
    request = context.get("request")
    if isinstance(exception, DomainError):
        return problem(exception, getattr(request, "line_pointers", ()))
    for kind, (error, *texts) in FOREIGN.items():
        if isinstance(exception, kind):
            return problem(error(Failure(*texts)))
    state = _state_of(exception)
    if isinstance(exception, OperationalError | InterfaceError) or state == READ_ONLY:
        return _database_problem(exception, state)
    trace = getattr(request, "trace_id", None)
    logger.error("trace %s: %s", trace, request and request.path, exc_info=exception)
    failure = Failure(
        "INTERNAL_ERROR",
        _("The node made an error."),
        _("Tell the operator of the node the traceId of this problem."),
    )
    return problem(DomainError(failure))


def status_of(error):
    """The HTTP status of an error, and the title of its class."""
    usual, title = next(
        (given for kind, given in CLASSES.items() if isinstance(error, kind)),
        (500, _("The request could not be carried out.")),
    )
    return CODES.get(error.code, usual), title


def failures_of(error, line_pointers=()) -> list[dict]:
    """All failures of an error, as problems list them."""
    return [_item(failure, line_pointers) for failure in error.failures]


def problem(error, line_pointers=()):
    """The answer for an error, with all its failures."""
    code = error.code
    status, title = status_of(error)
    first = error.failures[0]
    document = {
        "type": TYPE.format(code=code),
        "title": str(title),
        "status": status,
        "detail": str(first.message),
        "code": code,
        "errors": failures_of(error, line_pointers),
    }
    answer = ProblemResponse(document, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Concord"'
    if status in (429, 503):
        answer["Retry-After"] = first.data.get("retry_after_s", "1")
    return answer


def _item(failure, line_pointers):
    data = dict(failure.data)
    pointer, parameter = data.pop("pointer", None), data.pop("parameter", None)
    line = failure.line
    if pointer is None and line is not None and line <= len(line_pointers):
        field = data.get("field") or next(
            (name for start, name in FIELDS if failure.code.startswith(start)), None
        )
        pointer = line_pointers[line - 1] + (f"/{field}" if field else "")
    return {
        "code": failure.code,
        "detail": str(failure.message),
        "hint": str(failure.hint),
        "pointer": pointer,
        "parameter": parameter,
        "data": data,
    }


def _state_of(exception):
    """SQLSTATE of an error of the database; nothing where it has none."""
    return getattr(getattr(exception.__cause__, "diag", None), "sqlstate", None) or ""


def _database_problem(exception, state):
    if state == READ_ONLY:
        code = "DATABASE_READ_ONLY"
    elif state.startswith("40"):
        code = "TRY_AGAIN"
    elif state in ("53100", "58030"):
        code = "DATABASE_FULL"
    else:
        code = "DATABASE_UNAVAILABLE"
    logger.error("%s: %s", code, exception)
    return problem(Unavailable(Failure(code, *DATABASE[code])))
