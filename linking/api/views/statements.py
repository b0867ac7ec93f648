"""Statements of partners that can only export files: handed in, and compared at once."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import queries
from linking.api import reconciliation_documents as documents
from linking.services.reconcile_statement import LARGEST, Statement, reconcile_statement
from linking.statements import Form
from registry.api import schema as described
from registry.api.asked import named
from registry.api.views.base import Resource
from registry.api.views.uploads import FileParser
from registry.selectors import reference

MEDIA_TYPES = {"text/csv": Form.CSV, "application/x-ndjson": Form.NDJSON}
PARSERS = [
    type(f"{form.upper()}Parser", (FileParser,), {"media_type": media_type})
    for media_type, form in MEDIA_TYPES.items()
]


@described.extend_schema_view(
    post=described.operation(
        "handInStatement",
        "Compare with a partner by a file that says what it holds and has used",
        answers={201: documents.RunDocument},
        description=(
            "The body is the file: CSV in UTF-8 with the columns first and last, or NDJSON with"
            " these members, of at most 64 MiB and 1,000,000 rows. Every row that is wrong is told,"
            " and then nothing is compared. What differs becomes a case, and exactly its serials"
            " are frozen."
        ),
        query=queries.StatementFile,
        body=dict.fromkeys(MEDIA_TYPES, described.FILE),
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION],
    ),
)
class Statements(Resource):
    query = queries.StatementFile
    scope = "manage"
    greatest_body = LARGEST
    parser_classes = PARSERS

    def post(self, request):
        content = request.data
        media_type = request.content_type.partition(";")[0].strip().lower()
        said = Statement(
            unit_type=named(reference.unit_type, self.asked["unit_type"], "/unit_type"),
            partner=named(reference.registry, self.asked["partner"], "/partner"),
            form=MEDIA_TYPES[media_type],
            data=content or b"",
            as_of=self.asked["as_of"],
            name=self.asked.get("name", ""),
        )
        run = reconcile_statement(
            actor=request.actor, said=said, at=timezone.now(), clock=timezone.now
        )
        headers = {"Location": f"/api/v1/reconciliations/{run.pk}"}
        return Response(documents.RunDocument(run).data, status=201, headers=headers)
