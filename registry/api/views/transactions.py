"""Transactions: proposals, what was decided on them, and what they moved."""

from functools import cache

from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from registry.api import forms, proposals, queries, transaction_documents
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.api.requests import IDEMPOTENCY_KEY, header
from registry.api.writing import written
from registry.models import Scope
from registry.models import Transaction as TransactionRow
from registry.selectors import accounts, reference, transactions
from registry.selectors.scope import own_accounts
from registry.services.approve import approve_now, reject
from registry.services.cancel_delayed import cancel_delayed
from registry.services.withdraw import withdraw

from .base import Collection, Resource, Thing

SHOWN = 100
DECISIONS = {"approve": approve_now, "reject": reject}


@cache
def _addresses():
    return reverse("api:transaction", args=[0]).removesuffix("0")


def address_of(number):
    return f"{_addresses()}{number}"


@described.extend_schema_view(
    get=described.operation(
        "listTransactions",
        "Transactions, the newest first",
        answers={200: described.page_of(transaction_documents.TransactionDocument)},
        query=queries.Transactions,
    ),
    post=described.operation(
        "proposeTransaction",
        "Propose a transaction",
        answers={
            201: transaction_documents.AnswerDocument,
            202: transaction_documents.AnswerDocument,
        },
        description=(
            "Units are reserved at once. Types that ask for no approval are completed at once. "
            "Send the same Idempotency-Key again when no answer came: nothing happens twice."
        ),
        body=described.PROPOSAL,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
    ),
)
class Transactions(Collection):
    document = transaction_documents.TransactionDocument
    scope = Scope.PROPOSE
    kept_by_ledger = True
    listed_by = queries.Transactions

    def rows(self, actor, *, after, limit):
        filters = {}
        if "status" in self.asked:
            filters["status"] = queries.STATUSES[self.asked["status"]]
        if "type" in self.asked:
            filters["type__code"] = self.asked["type"]
        if "registry" in self.asked:
            filters["registry"] = reference.registry(self.asked["registry"])
        if "batch" in self.asked:
            filters["batch_item__batch"] = self.asked["batch"]
        account = None
        if "account" in self.asked:
            account = accounts.find(actor, self.asked["account"])
        return list(
            transactions.page(actor, filters=filters, account=account, before=after, limit=limit)
        )

    def post(self, request):
        """201 when it is completed at once, 202 when it waits for approval."""
        proposal = proposals.read(request)
        request.line_pointers = proposal.line_pointers
        outcome = proposal(
            actor=request.actor,
            key=header(request, IDEMPOTENCY_KEY),
            at=timezone.now(),
        )
        answered = transactions.answered(outcome)
        waits = answered["status"] != TransactionRow.Status.COMPLETED
        headers = {"Location": address_of(outcome.transaction_id)}
        if outcome.replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(
            written(transaction_documents.AnswerDocument, answered),
            status=202 if waits else 201,
            headers=headers,
        )


@described.reads(
    "getTransaction",
    "One transaction, with lines, movements, approvals and events",
    transaction_documents.TransactionDetailDocument,
)
class Transaction(Thing):
    document = transaction_documents.TransactionDetailDocument

    def find(self, actor, number):
        return transactions.detail(actor, number_of(number), limit=SHOWN)


@described.reads(
    "listTransactionLines",
    "All lines of a transaction",
    described.page_of(transaction_documents.LineDocument),
    queries.Page,
)
class Lines(Collection):
    query = queries.Page
    document = transaction_documents.LineDocument

    def rows(self, actor, *, after, limit, number):
        found = transactions.find(actor, number_of(number))
        own = own_accounts(actor, found.registry_id)
        return list(transactions.lines(found.pk, after=after or 0, limit=limit, own=own))

    def key(self, row):
        return row.number


@described.reads(
    "listTransactionMovements",
    "All movements of a transaction",
    described.page_of(transaction_documents.MovementDocument),
    queries.Page,
)
class Movements(Collection):
    query = queries.Page
    key_form = (int, int, int)
    document = transaction_documents.MovementDocument

    def rows(self, actor, *, after, limit, number):
        found = transactions.find(actor, number_of(number))
        own = own_accounts(actor, found.registry_id)
        return transactions.moved(found.posting_id, after=after, limit=limit, own=own)

    def key(self, row):
        return row["end"]


class Decided(Resource):
    """Something that a person says of a waiting transaction; it answers with the transaction."""

    form = None

    def post(self, request, number):
        said = read_form(self.form, request)
        found = transactions.find(request.actor, number_of(number))
        self.say(request.actor, found.pk, said)
        found = transactions.find(request.actor, found.pk)
        document = transaction_documents.TransactionDocument(found)
        is_left = found.status == TransactionRow.Status.DELAYED and found.due_at <= timezone.now()
        return Response(
            document.data,
            status=202 if is_left else 201,
            headers={"Location": address_of(found.pk)},
        )

    def say(self, actor, transaction_id, said):
        raise NotImplementedError


@described.extend_schema_view(
    get=described.operation(
        "listApprovals",
        "The decisions on a transaction",
        answers={200: described.page_of(transaction_documents.ApprovalDocument)},
    ),
    post=described.operation(
        "decideTransaction",
        "Approve or reject exactly one payload; each person once",
        answers={
            201: transaction_documents.TransactionDocument,
            202: transaction_documents.TransactionDocument,
        },
        description=(
            "The payload hash says what is approved. Each person decides once: a second decision "
            "is refused and changes nothing. 202 answers the last approval of what has more than "
            "5,000 lines: a worker completes it, and its status says how far that is."
        ),
        body=forms.Decision,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
    ),
)
class Approvals(Decided):
    form = forms.Decision
    scope = Scope.APPROVE

    def get(self, request, number):
        found = transactions.find(request.actor, number_of(number))
        rows = found.approvals.select_related("person").order_by("pk")
        document = transaction_documents.ApprovalDocument(rows, many=True)
        return Response({"items": document.data, "next": None})

    def say(self, actor, transaction_id, said):
        DECISIONS[said["decision"]](
            actor=actor,
            transaction_id=transaction_id,
            payload_hash=said["payload_hash"],
            at=timezone.now(),
            reason=said.get("reason", ""),
        )


@described.extend_schema_view(
    post=described.operation(
        "withdrawTransaction",
        "Take one's own waiting proposal back",
        answers={201: transaction_documents.TransactionDocument},
        body=forms.Withdrawal,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
    )
)
class Withdrawal(Decided):
    form = forms.Withdrawal
    scope = Scope.PROPOSE

    def say(self, actor, transaction_id, said):
        withdraw(actor=actor, transaction_id=transaction_id, reason=said.get("reason", ""))


@described.extend_schema_view(
    post=described.operation(
        "cancelTransaction",
        "Stop a delayed transaction",
        answers={201: transaction_documents.TransactionDocument},
        description="Its proposer may, and whoever may decide on it, until its delay ends.",
        body=forms.Cancellation,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.REPLAYED, described.LOCATION],
    )
)
class Cancellation(Decided):
    form = forms.Cancellation
    scope = Scope.PROPOSE

    def say(self, actor, transaction_id, said):
        cancel_delayed(actor=actor, transaction_id=transaction_id, reason=said.get("reason", ""))
