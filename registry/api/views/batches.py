"""Many transfers in one request: batches, and the settlement files of exchanges."""

from django.utils import timezone
from rest_framework.response import Response

from registry.api import many, many_forms, proposals, queries, tables, transaction_documents
from registry.api import schema as described
from registry.api.forms import MovementLine
from registry.api.reading import read_form, read_object
from registry.api.requests import IDEMPOTENCY_KEY, body_of
from registry.errors import InvalidInput, RuleViolated
from registry.models import Scope
from registry.models import Transaction as TransactionRow
from registry.selectors import transactions
from registry.services.propose_each import propose_each

from .base import Resource


@described.extend_schema_view(
    post=described.operation(
        "proposeBatch",
        "Propose up to 10,000 transfers in one request",
        answers={
            200: many_forms.BatchAnswerDocument,
            201: many_forms.BatchAnswerDocument,
            202: many_forms.BatchAnswerDocument,
        },
        description=(
            "all_or_nothing is one transaction with one payload hash: 201 when it is completed, "
            "202 when it waits for approval, a problem when any line is refused. each_on_its_own "
            "is one transaction for each line: 200, and each line has its own status."
        ),
        body=many_forms.Batch,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED],
    )
)
class Batches(Resource):
    query = queries.Nothing
    scope = Scope.PROPOSE

    def post(self, request):
        given = request.data if type(request.data) is dict else {}
        if given.get("mode") == many_forms.MODES[1] and type(given.get("lines")) is list:
            return self.each(request, given)
        said = read_form(many_forms.Batch, request)
        many.require_count(said["lines"], "/lines")
        failures = []
        proposals.check_lines(said, failures)
        if failures:
            raise InvalidInput(*failures)
        return self.all(request, said)

    def all(self, request, said):
        naming = proposals.Naming(request.actor, proposals.resolve(request.actor, said))
        service = proposals.BUILDERS[said["type"]](said, naming)
        if naming.failures:
            raise RuleViolated(*naming.failures)
        request.line_pointers = naming.line_pointers
        key = request.headers[IDEMPOTENCY_KEY]
        outcome = service(actor=request.actor, key=key, at=timezone.now())
        answered = transactions.answered(outcome.transaction_id)
        rows = [
            many.Row(number, item=many.Item("", None, outcome))
            for number in range(1, len(said["lines"]) + 1)
        ]
        waits = answered["status"] != TransactionRow.Status.COMPLETED
        document = transaction_documents.AnswerDocument(answered).data
        return _answer(said["mode"], rows, status=202 if waits else 201, transaction=document)

    def each(self, request, given):
        failures = []
        said = read_object(many_forms.Batch, {**given, "lines": []}, "", failures)
        if failures:
            raise InvalidInput(*failures)
        many.require_count(given["lines"], "/lines")
        key = request.headers[IDEMPOTENCY_KEY]
        rows = many.read_rows(
            request.actor,
            given["lines"],
            MovementLine,
            key_of=lambda row: f"{key}/{row.number}",
        )
        propose_each(
            actor=request.actor,
            type_code=said["type"],
            items=[row.item for row in rows if row.item],
            at=timezone.now(),
            reason=said.get("reason", ""),
        )
        return _answer(said["mode"], rows, status=200, transaction=None)


def _answer(mode, rows, *, status, transaction):
    items = [many.answer_of(row) for row in rows]
    refused = sum(item["code"] is not None for item in items)
    return Response(
        {
            "mode": mode,
            "transaction": transaction,
            "carried_out": len(items) - refused,
            "refused": refused,
            "items": items,
        },
        status=status,
    )


@described.extend_schema_view(
    post=described.operation(
        "settleTrades",
        "Deliver the trades of a file, each on its own and once",
        answers={200: many_forms.SettlementDocument},
        description=(
            "NDJSON, or CSV with a header line, of up to 10,000 trades: the members of a line, and "
            "`trade`, its id. A trade that was delivered before, by whatever file, is not "
            "delivered again; a file can be sent again whole after a correction, under another key."
        ),
        body={
            "text/csv": described.FILE,
            "application/x-ndjson": described.FILE,
        },
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED],
    )
)
class Settlements(Resource):
    query = queries.Nothing
    scope = Scope.PROPOSE
    parser_classes = [tables.NdjsonParser, tables.CsvParser]

    def post(self, request):
        given = request.data if body_of(request) else []
        many.require_count(given, "")
        rows = many.read_rows(
            request.actor, given, many_forms.Trade, key_of=lambda row: f"trade {row.said['trade']}"
        )
        first = tables.refuse_repeated(rows)
        propose_each(actor=request.actor, type_code="delivery", items=first, at=timezone.now())
        items = [{**many.answer_of(row), "trade": row.said.get("trade")} for row in rows]
        refused = sum(item["code"] is not None for item in items)
        before = sum(item["replayed"] for item in items)
        return Response(
            {
                "delivered": len(items) - refused - before,
                "delivered_before": before,
                "refused": refused,
                "items": items,
            }
        )
