"""Many transfers in one request: batches, and the settlement files of exchanges."""

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from registry.api import forms, many, many_forms, queries, tables, transaction_documents
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.api.requests import IDEMPOTENCY_KEY, body_of
from registry.errors import DomainError
from registry.models import Scope
from registry.models import Transaction as TransactionRow
from registry.selectors import batches, transactions
from registry.services import decide_batch
from registry.services.propose import Request
from registry.services.propose_batch import Mode, propose_all_or_nothing, propose_each_on_its_own

from .base import Collection, Resource, Thing, newest_first


def address_of(number):
    return reverse("api:batch", args=[number])


@described.extend_schema_view(
    get=described.operation(
        "listBatches",
        "Batches, the newest first",
        answers={200: described.page_of(many_forms.BatchDocument)},
        query=queries.Page,
    ),
    post=described.operation(
        "proposeBatch",
        "Propose up to 10,000 lines in one request",
        answers={
            200: many_forms.BatchAnswerDocument,
            201: many_forms.BatchAnswerDocument,
            202: many_forms.BatchAnswerDocument,
        },
        description=(
            "all_or_nothing is one transaction for each type of line, all of them or none: 201 "
            "when they are completed, 202 when they wait, a problem when any line is refused. "
            "each_on_its_own is one transaction for each line: 200, and each line has its own "
            "status. For approval a batch is one proposal with one hash, and as many persons "
            "approve it as its strictest line needs."
        ),
        body=many_forms.BatchProposal,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED],
    ),
)
class Batches(Collection):
    listed_by = queries.Page
    scope = Scope.PROPOSE
    document = many_forms.BatchDocument

    def rows(self, actor, *, after, limit):
        found = batches.visible(actor).order_by("-pk")
        return newest_first(found, after=after, limit=limit)

    def post(self, request):
        key = request.headers[IDEMPOTENCY_KEY]
        said, rows = many.read_batch(request, key_of=lambda row: f"{key}/{row.number}")
        propose = self.each if said["mode"] == Mode.EACH_ON_ITS_OWN else self.all
        return propose(request, said, rows)

    def all(self, request, said, rows):
        grouped = many.by_type(rows)
        request.line_pointers = many.pointers_of(grouped)
        key, at, reason = request.headers[IDEMPOTENCY_KEY], timezone.now(), said.get("reason", "")
        moment = {"execute_at": said.get("execute_at")}
        requests = [
            Request(code, [row.item.line for row in same], f"{key}/{code}", at, reason, **moment)
            for code, same in grouped.items()
        ]
        if len(requests) == 1:
            # Its key is that of the request, under which it was proposed if it was before.
            requests = [replace(requests[0], key=key)]
        outcomes, batch = propose_all_or_nothing(actor=request.actor, requests=requests)
        for outcome, same in zip(outcomes, grouped.values(), strict=True):
            for row in same:
                row.item.result = outcome
        answered = [transactions.answered(outcome) for outcome in outcomes]
        waits = any(each["status"] != TransactionRow.Status.COMPLETED for each in answered)
        only = (
            transaction_documents.AnswerDocument(answered[0]).data if len(answered) == 1 else None
        )
        return _answer(
            said["mode"], rows, status=202 if waits else 201, transaction=only, batch=batch
        )

    def each(self, request, said, rows):
        batch = propose_each_on_its_own(
            actor=request.actor,
            items=[row.item for row in rows if row.item],
            at=timezone.now(),
            reason=said.get("reason", ""),
            execute_at=said.get("execute_at"),
        )
        return _answer(said["mode"], rows, status=200, batch=batch)


def _answer(mode, rows, *, status, batch, transaction=None):
    items = [many.answer_of(row) for row in rows]
    refused = sum(item["code"] is not None for item in items)
    return Response(
        {
            "mode": mode,
            "transaction": transaction,
            "batch": _proposed(batch),
            "carried_out": len(items) - refused,
            "refused": refused,
            "items": items,
        },
        status=status,
        headers={"Location": address_of(batch.pk)} if batch else {},
    )


def _proposed(batch):
    return batch and many_forms.ProposedBatchDocument(batch).data


@described.reads(
    "getBatch",
    "One batch: what has become of its transactions, and who decided",
    many_forms.BatchDetailDocument,
)
class Batch(Thing):
    document = many_forms.BatchDetailDocument

    def find(self, actor, number):
        return batches.detail(actor, number_of(number))


class Decided(Resource):
    """Something that a person says of all transactions of a batch that wait."""

    form = None

    def post(self, request, number):
        found = batches.find(request.actor, number_of(number))
        answers = self.say(request.actor, found.pk, read_form(self.form, request))
        refused = [each for each in answers if isinstance(each.result, DomainError)]
        numbers = batches.numbers(found, [each.transaction_id for each in refused])
        items = [
            many.answer_of(many.Row(numbers[each.transaction_id], refusal=each.result))
            for each in refused
        ]
        document = many_forms.BatchSaidDocument(
            {
                "batch": batches.detail(request.actor, found.pk),
                "carried_out": len(answers) - len(refused),
                "refused": len(refused),
                "items": items,
            }
        )
        return Response(document.data, status=201, headers={"Location": address_of(found.pk)})

    def say(self, actor, batch_id, said):
        raise NotImplementedError


def said_of(name, summary, form, description=""):
    """Documents the POST of what is said of a batch."""
    return described.extend_schema_view(
        post=described.operation(
            name,
            summary,
            answers={201: many_forms.BatchSaidDocument},
            description=description or f"{summary}.",
            body=form,
            problems=described.WRITTEN,
            parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
        )
    )


@said_of(
    "decideBatch",
    "Approve or reject a batch as one, by its hash; each person once",
    forms.Decision,
    "The transactions that wait are decided together. Of a batch whose lines are each on their own "
    "`items` has what was refused: it waits on, and the same may be said of it again, under "
    "another key.",
)
class Approvals(Decided):
    form = forms.Decision
    scope = Scope.APPROVE

    def say(self, actor, batch_id, said):
        return decide_batch.decide_batch(
            actor=actor,
            batch_id=batch_id,
            approved=said["decision"] == "approve",
            payload_hash=said["payload_hash"],
            at=timezone.now(),
            reason=said.get("reason", ""),
        )


@said_of("withdrawBatch", "Take one's own waiting batch back", forms.Withdrawal)
class Withdrawal(Decided):
    form = forms.Withdrawal
    scope = Scope.PROPOSE

    def say(self, actor, batch_id, said):
        return decide_batch.withdraw_batch(
            actor=actor, batch_id=batch_id, reason=said.get("reason", "")
        )


@said_of("cancelBatch", "Stop what is delayed of a batch", forms.Cancellation)
class Cancellation(Decided):
    form = forms.Cancellation
    scope = Scope.PROPOSE

    def say(self, actor, batch_id, said):
        return decide_batch.cancel_batch(
            actor=actor, batch_id=batch_id, reason=said.get("reason", "")
        )


@described.extend_schema_view(
    post=described.operation(
        "settleTrades",
        "Deliver the trades of a file, each on its own and once",
        answers={200: many_forms.SettlementDocument},
        description=(
            "NDJSON, or CSV with a header line, of up to 10,000 trades: the members of a line, and "
            "`trade`, its id. A trade that was delivered before, by whatever file, is not "
            "delivered again; a file can be sent again whole after a correction, under another "
            "key. What waits for approval is one batch."
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
            request.actor, given, many.trade, key_of=lambda row: f"trade {row.said['trade']}"
        )
        first = tables.refuse_repeated(rows)
        batch = propose_each_on_its_own(actor=request.actor, items=first, at=timezone.now())
        items = [{**many.answer_of(row), "trade": row.said.get("trade")} for row in rows]
        refused = sum(item["code"] is not None for item in items)
        before = sum(item["replayed"] for item in items)
        return Response(
            {
                "batch": _proposed(batch),
                "delivered": len(items) - refused - before,
                "delivered_before": before,
                "refused": refused,
                "items": items,
            }
        )
