"""What all resources have in common: who asks, what is asked, conventions, and pages."""

from functools import cache

from django.conf import settings
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api import (
    conditional,
    idempotency,
    lists,
    pages,
    rate_limits,
    readings_kept,
    requests,
)
from registry.api.queries import Nothing
from registry.api.reading import read_query
from registry.errors import Failure, NotPermitted
from registry.models import Scope

ENVIRONMENT = "Concord-Environment"
TRACE = "Concord-Trace-Id"
SERVICE = '</api/v1/schema>; rel="service-desc"'
SAFE = ("GET", "HEAD", "OPTIONS")


class Resource(APIView):
    """Every answer says of which environment it is, so that a test is never taken for real.

    `scope` is what a key needs for what is not read; `deprecated_at` and `sunset_at` are instants,
    as RFC 9745 and RFC 8594 have them, and `successor` is the address to use instead.
    """

    query = Nothing
    scope = Scope.MANAGE
    kept_by_ledger = False
    # Whether a POST changes anything. One that does not needs no key, and its answer is not kept.
    writes = True
    greatest_body = requests.GREATEST_BODY
    deprecated_at = None
    sunset_at = None
    successor = None
    limits = {}
    # Whether it is on record who has read the answer, and whether what is listed is of registries.
    reading_is_kept = True
    is_of_registries = True
    # By what the address names, a queryset of the registries that it is of, where no answer says.
    registries_named = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "post" in cls.__dict__ and cls.writes:
            cls.post = idempotency.once(cls.post)

    @property
    def allowed_methods(self):
        return _methods(type(self))

    def get_authenticators(self):
        return _instances(self.authentication_classes)

    def get_parsers(self):
        return _instances(self.parser_classes)

    def get_permissions(self):
        return _instances(self.permission_classes)

    def dispatch(self, request, *args, **kwargs):
        return readings_kept.kept(self, super().dispatch(request, *args, **kwargs))

    def initialize_request(self, request, *args, **kwargs):
        self.trace_id = requests.trace_of(request)
        asked = super().initialize_request(request, *args, **kwargs)
        asked.trace_id = self.trace_id
        return asked

    def initial(self, request, *args, **kwargs):
        """Raises: NotPermitted, InvalidInput, Unavailable (RATE_LIMITED)."""
        requests.refuse_large(request, self.greatest_body)
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        if request.auth is not None:
            require_scope(request, self.scope)
            self.limits = rate_limits.take(request)
        self.asked = read_query(self.query, request)

    def kept(self, data):
        """What is answered to the same request again, of what this answer says."""
        return data

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response[ENVIRONMENT] = settings.CONCORD["ENVIRONMENT"]
        response[TRACE] = self.trace_id
        for name, value in self.limits.items():
            response[name] = value
        data = getattr(response, "data", None)
        if response.status_code >= 400 and type(data) is dict and "code" in data:
            data["traceId"] = self.trace_id
        links = [SERVICE, *([response["Link"]] if "Link" in response else [])]
        if self.deprecated_at is not None:
            response["Deprecation"] = f"@{int(self.deprecated_at.timestamp())}"
            if self.successor:
                links.append(f'<{self.successor}>; rel="successor-version"')
        if self.sunset_at is not None:
            response["Sunset"] = http_date(self.sunset_at.timestamp())
        if SERVICE not in response.get("Link", ""):
            response["Link"] = ", ".join(links)
        return response


@cache
def _methods(view):
    """The methods that a kind of view answers, which the class tells."""
    # Whatever is read by GET is asked for by HEAD as well.
    answered = {name for name in view.http_method_names if hasattr(view, name)}
    answered |= {"head"} if "get" in answered else set()
    return [name.upper() for name in view.http_method_names if name in answered]


def _instances(kinds):
    """One of each, which keeps nothing of a request: it serves all of them."""
    return [_instance(kind) for kind in kinds]


@cache
def _instance(kind):
    return kind()


def require_scope(request, scope):
    """Raises: NotPermitted (SCOPE_MISSING)."""
    needed = Scope.READ if request.method in SAFE else scope
    if needed not in request.auth.scopes:
        raise NotPermitted(
            Failure(
                "SCOPE_MISSING",
                _("This key was not made for this."),
                _("Use a key with the scope that data names."),
                data={"scope": Scope(needed).value},
            )
        )


def newest_first(rows, *, after, limit):
    """The page of a queryset that is in the falling order of its numbers, and one row more."""
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return list(rows[: limit + 1])


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
    renderer_classes = lists.RENDERERS
    # What `key` gives, as pages.start takes it.
    key_form = int
    # The parameters of the list, where one also posts to the collection, without any.
    listed_by = Nothing

    @property
    def query(self):
        return self.listed_by if self.request.method == "GET" else Nothing

    def get(self, request, **names):
        limit = self.asked.get("limit", pages.DEFAULT_LIMIT)
        if request.accepted_renderer.format != "json":
            return lists.stream(self, request, names)
        after = pages.start(request, self.key_form)
        rows = self.rows(request.actor, after=after, limit=limit, **names)
        return pages.answer(
            request, rows, limit=limit, key=self.key, document=self.document, **self.members()
        )

    def rows(self, actor, *, after, limit, **names):
        raise NotImplementedError

    def key(self, row):
        """What the next page begins after, as JSON."""
        return row.pk

    def members(self):
        """What the page says besides its items."""
        return {}


class Tagged:
    """Reference data: an answer has an entity tag, a list that is streamed has none.

    It is the same for everybody who has a key: who has read it is not put on record.
    """

    reading_is_kept = False

    def get(self, request, **names):
        found = super().get(request, **names)
        return found if found.streaming else conditional.answer(request, found)
