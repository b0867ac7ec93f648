"""How the API describes itself: OpenAPI 3.1, every operation with the problems it can answer."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers

from . import errors, lists
from .forms import FORMS
from .requests import IDEMPOTENCY_KEY, KEY_LENGTH

READ = (400, 401, 403, 404, 406, 429, 503)
WRITTEN = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503)

PROPOSAL = PolymorphicProxySerializer(
    component_name="TransactionProposal",
    serializers=FORMS,
    resource_type_field_name="type",
)
# A file in the body, which generated clients send as it is.
FILE = {"type": "string", "format": "binary"}
KEY_PARAMETER = OpenApiParameter(
    IDEMPOTENCY_KEY,
    {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH},
    OpenApiParameter.HEADER,
    required=True,
    description="Of your choice. The same key with the same body gets the first answer again.",
)
MATCH_PARAMETER = OpenApiParameter(
    "If-Match",
    {"type": "string", "minLength": 1},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of what the request is based on.",
)
REPLAYED = OpenApiParameter(
    "Idempotency-Replayed",
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    response=[201, 202],
    description="There when the answer was given before.",
)
KEY_IGNORED = OpenApiParameter(
    IDEMPOTENCY_KEY,
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="Not needed, and not kept: nothing is changed.",
)
LOCATION = OpenApiParameter(
    "Location",
    {"type": "string", "format": "uri-reference"},
    OpenApiParameter.HEADER,
    response=[201, 202],
    description="The address of the transaction.",
)

SUCCESS = {
    200: "As asked.",
    201: "Done; the answer says what it is now.",
    202: "Proposed; it waits for approval.",
}


class ProblemErrorDocument(serializers.Serializer):
    """One broken rule: a stable code, what is wrong, how to mend it, and where."""

    code = serializers.CharField()
    detail = serializers.CharField()
    hint = serializers.CharField()
    pointer = serializers.CharField(
        allow_null=True, help_text="JSON pointer into the body of the request."
    )
    parameter = serializers.CharField(
        allow_null=True, help_text="The parameter of the address, or the header."
    )
    data = serializers.DictField()


class ProblemDocument(serializers.Serializer):
    """A problem (RFC 9457). Codes and types are stable; texts are in the reader's language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    traceId = serializers.CharField(help_text="What the operator of the node finds it by.")
    errors = ProblemErrorDocument(many=True)


class Schema(AutoSchema):
    """Names come from the declarations, tags from the first part of the address."""

    def get_tags(self):
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def _get_request_for_media_type(self, serializer, direction="request"):
        """One of several forms, or a file, is required: an empty body is neither."""
        schema, is_required = super()._get_request_for_media_type(serializer, direction)
        is_said = isinstance(serializer, PolymorphicProxySerializer | dict)
        return schema, is_required or is_said

    def get_serializer_name(self, serializer, direction):
        return super().get_serializer_name(serializer, direction).removesuffix("Document")


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "registry.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ck_<prefix>_<secret>"}


def page_of(document, **members):
    """The document of a page of things, and of what it says besides."""
    name = document.__name__.removesuffix("Document")

    @extend_schema_field({"type": ["string", "null"], "format": "uri-reference"})
    class Next(serializers.CharField):
        pass

    return type(
        f"{name}PageDocument",
        (serializers.Serializer,),
        {
            "__doc__": "A page; `next` is where it goes on, or null at the end.",
            **{key: member() for key, member in members.items()},
            "is_page": True,
            "items": document(many=True),
            "next": Next(help_text="Where the next page is."),
        },
    )


def operation(name, summary, *, answers, query=None, body=None, problems=READ, **kwargs):
    """Documents one operation. `answers` maps a status to a document; `media_type` is theirs."""
    refused = OpenApiResponse(ProblemDocument, description="A problem.")
    media_type = kwargs.get("media_type", "application/json")
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=kwargs.get("description", f"{summary}."),
        parameters=[*([query] if query else []), *kwargs.get("parameters", ())],
        request=body,
        responses={
            **{
                (status, media_type): OpenApiResponse(document, description=SUCCESS[status])
                for status, document in answers.items()
            },
            **_streamed(answers),
            **{(status, errors.CONTENT_TYPE): refused for status in problems},
        },
    )


def _streamed(answers):
    """A list is answered in other media types as well."""
    if not getattr(answers.get(200), "is_page", False):
        return {}
    whole = OpenApiResponse(OpenApiTypes.STR, description=SUCCESS[200])
    return {(200, kind.media_type): whole for kind in lists.RENDERERS[1:]}


def reads(name, summary, document, query=None, **kwargs):
    """Documents the GET of a view."""
    return extend_schema_view(
        get=operation(name, summary, answers={200: document}, query=query, **kwargs)
    )


def listed(name, summary, document, query):
    """Documents the GET of a list."""
    return operation(name, summary, answers={200: page_of(document)}, query=query)


def written(name, summary, document, body, **kwargs):
    """Documents the POST of what is done at once, and by whoever asks for it."""
    return operation(
        name,
        summary,
        answers={201: document},
        body=body,
        problems=WRITTEN,
        parameters=[KEY_PARAMETER, LOCATION],
        **kwargs,
    )
