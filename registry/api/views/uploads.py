"""Files of many rows: sent, checked row by row, submitted for one decision on all of them."""

from django.utils import timezone
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from registry.api import queries, upload_documents
from registry.api import schema as described
from registry.api.reading import number_of
from registry.api.requests import IDEMPOTENCY_KEY, body_of
from registry.models import LARGEST_UPLOAD, Scope, Upload
from registry.selectors import reference, uploads
from registry.services.submit_upload import check_again, submit_upload
from registry.services.upload import MEDIA_TYPES, File, upload

from .base import Collection, Resource, Thing, newest_first, require_scope


class FileParser(BaseParser):
    """The bytes of the body, as they were sent."""

    def parse(self, stream, media_type=None, parser_context=None):
        """Raises: InvalidInput (BODY_TOO_LARGE)."""
        return body_of(parser_context["request"], parser_context["view"].greatest_body)


PARSERS = [
    type(f"{form.upper()}Parser", (FileParser,), {"media_type": media_type})
    for media_type, form in MEDIA_TYPES.items()
]


def answer(found):
    """The upload as it is now; a worker or others go on with it."""
    document = upload_documents.UploadDocument(found)
    headers = {"Location": f"/api/v1/uploads/{found.pk}"}
    return Response(document.data, status=202, headers=headers)


@described.extend_schema_view(
    get=described.operation(
        "listUploads",
        "Uploads, the newest first",
        answers={200: described.page_of(upload_documents.UploadDocument)},
        query=queries.Uploads,
    ),
    post=described.operation(
        "uploadFile",
        "Upload accounts, representatives, an allocation table or opening balances",
        answers={202: upload_documents.UploadDocument},
        description=(
            "The body is the file: CSV in UTF-8 or an XLSX workbook with one sheet, of at most "
            "32 MiB and 200,000 rows; opening balances are a ZIP file of four files. The rows are "
            "checked first, which is a dry run: read the upload until its state is checked or "
            "refused, and its errors."
        ),
        query=queries.UploadedFile,
        body=dict.fromkeys(MEDIA_TYPES, described.FILE),
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION, described.REPLAYED],
    ),
)
class Uploads(Collection):
    document = upload_documents.UploadDocument
    scope = Scope.MANAGE
    greatest_body = LARGEST_UPLOAD
    parser_classes = PARSERS

    @property
    def query(self):
        return queries.Uploads if self.request.method == "GET" else queries.UploadedFile

    def rows(self, actor, *, after, limit):
        given = {name: self.asked[name] for name in ("kind", "state") if name in self.asked}
        if "registry" in self.asked:
            given["registry"] = reference.registry(self.asked["registry"])
        return newest_first(uploads.visible(actor).filter(**given), after=after, limit=limit)

    def post(self, request):
        content = request.data
        media_type = request.content_type.partition(";")[0].strip().lower()
        made = upload(
            actor=request.actor,
            registry_id=reference.registry(self.asked["registry"]).pk,
            file=File(
                self.asked["kind"],
                self.asked.get("name", ""),
                media_type,
                content or b"",
                self.asked.get("reason", ""),
            ),
            key=request.headers[IDEMPOTENCY_KEY],
            at=timezone.now(),
        )
        return answer(uploads.find(request.actor, made.pk))


@described.reads("getUpload", "One upload, and how far it is", upload_documents.UploadDocument)
class UploadThing(Thing):
    document = upload_documents.UploadDocument

    def find(self, actor, number):
        return uploads.find(actor, number_of(number))


@described.reads(
    "listUploadErrors",
    "What is wrong with the rows of an upload, in their order",
    described.page_of(upload_documents.RowErrorDocument),
    queries.Page,
)
class UploadErrors(Collection):
    query = queries.Page
    document = upload_documents.RowErrorDocument

    def rows(self, actor, *, after, limit, number):
        rows = uploads.errors_of(uploads.find(actor, number_of(number)))
        return list(rows.filter(pk__gt=after or 0)[: limit + 1])


class Act(Resource):
    """Something that is asked of an upload, and answered with it."""

    query = queries.Nothing
    scope = Scope.MANAGE

    def post(self, request, number):
        said = {"upload_id": number_of(number), "at": timezone.now()}
        return answer(self.act(request, said))

    def act(self, request, said):
        raise NotImplementedError


def act(name, summary):
    """Documents the POST of what is asked of an upload."""
    return described.extend_schema_view(
        post=described.operation(
            name,
            summary,
            answers={202: upload_documents.UploadDocument},
            problems=described.WRITTEN,
            parameters=[described.KEY_PARAMETER, described.LOCATION, described.REPLAYED],
        )
    )


@act("checkUploadAgain", "Check all rows of an upload anew, by what the registry holds now")
class DryRun(Act):
    def act(self, request, said):
        return check_again(actor=request.actor, **said)


@act("submitUpload", "Submit an upload without errors for one decision on all its rows")
class Submission(Act):
    """Allocations are proposed as a transaction, for which a key needs that scope as well."""

    def act(self, request, said):
        found = uploads.find(request.actor, said["upload_id"])
        if request.auth is not None and found.kind == Upload.Kind.ALLOCATIONS:
            require_scope(request, Scope.PROPOSE)
        return submit_upload(actor=request.actor, **said)
