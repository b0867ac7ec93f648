"""Transactions as an actor may read them."""

from itertools import islice

from django.db.models import Exists, F, OuterRef, Prefetch, Q, prefetch_related_objects

from registry import facts, permissions
from registry.errors import NotPermitted, unknown_transaction
from registry.models import (
    Account,
    Approval,
    Holding,
    Mark,
    Posting,
    Transaction,
    TransactionEvent,
    TransactionLine,
    UnitType,
)
from registry.prepared import Prepared, rows

from .movements import movements
from .scope import own_accounts

# A proposal without a payload to approve was completed at once; every other had to wait. So an
# answer can be given again, whatever has happened since.
ANSWER = Prepared(
    "transaction_answered",
    ("bigint",),
    """
SELECT t.id, y.code, r.code, CASE WHEN t.payload_hash IS NULL THEN 4
        WHEN t.approvals_needed > 0 THEN 0 ELSE 30 END,
    CASE WHEN t.payload_hash IS NULL THEN t.posting_id END, t.payload_hash, t.proposed_at,
    CASE WHEN t.approvals_needed = 0 THEN t.due_at END
FROM registry_transaction t
JOIN registry_transactiontype y ON y.id = t.type_id
JOIN registry_registry r ON r.id = t.registry_id
WHERE t.id = $1
""",
)
ANSWERED = ("id", "type", "registry", "status", "posting", "payload_hash", "proposed_at", "due_at")
COMPLETED = Transaction.Status.COMPLETED


def visible(actor):
    """The transactions of registries that the actor may read, and those that name an account
    that they represent.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = Transaction.objects.select_related(
        "type", "registry", "proposer", "posting", "posting__place", "batch_item"
    )
    return _in_scope(rows, actor)


def in_scope(actor):
    """The same, alone.   Raises: NotPermitted (NO_ACTOR)."""
    return _in_scope(Transaction.objects.all(), actor)


def exists(actor, number) -> bool:
    """Whether there is such a transaction for this actor.   Raises: NotPermitted."""
    return _in_scope(Transaction.objects.filter(pk=number), actor).exists()


def _in_scope(rows, actor):
    registries = permissions.readable_registries(actor)
    if registries is None:
        return rows
    accounts = permissions.represented(actor)
    if not accounts:
        return rows.filter(registry__in=registries)
    named = TransactionLine.objects.filter(transaction=OuterRef("pk")).filter(
        Q(source__in=accounts) | Q(destination__in=accounts)
    )
    return rows.filter(Q(registry__in=registries) | Exists(named))


def find(actor, number) -> Transaction:
    """One transaction.   Raises: NotPermitted, NotFound (UNKNOWN_TRANSACTION)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise unknown_transaction(number)
    return found


def detail(actor, number, *, limit) -> Transaction:
    """One transaction with its decisions, its `timeline`, and at most `limit` of its lines, its
    movements and its reserved blocks each, as `first_lines`, `first_movements` and
    `reserved_blocks`.

    Raises: NotPermitted, NotFound (UNKNOWN_TRANSACTION).
    """
    found = find(actor, number)
    decisions = Approval.objects.select_related("person").order_by("pk")
    prefetch_related_objects([found], Prefetch("approvals", decisions))
    found.timeline = [proposed_event(found), *events(number)]
    own = own_accounts(actor, found.registry_id)
    shown = list(lines(number, limit=limit, own=own))
    moves = moved(found.posting_id, limit=limit, own=own)
    found.first_lines, found.has_more_lines = shown[:limit], len(shown) > limit
    found.first_movements, found.has_more_movements = moves[:limit], len(moves) > limit
    found.reserved_blocks = list(reserved(number, own=own)[:limit])
    return found


def reserved(number, *, own=None):
    """The blocks that wait for the approval of a transaction; of `own` accounts, unless None."""
    rows = Mark.objects if own is None else Mark.objects.filter(account__in=own)
    return (
        rows.filter(transaction_id=number, kind=Mark.Kind.RESERVATION, released_at=None)
        .annotate(
            unit_type_code=F("unit_type__code"),
            home_code=F("unit_type__registry__code"),
            account_number=F("account__number"),
            quantity=F("last") - F("first") + 1,
        )
        .order_by("line", "unit_type", "first")
    )


def events(number):
    """What happened to a transaction after it was proposed."""
    return (
        TransactionEvent.objects.filter(transaction_id=number)
        .select_related("person")
        .order_by("pk")
    )


def proposed_event(found) -> TransactionEvent:
    """How the timeline begins: the transaction's own row tells it."""
    status = Transaction.Status.COMPLETED
    if found.approvals_needed:
        status = Transaction.Status.AWAITING_APPROVAL
    elif found.due_at is not None:
        status = Transaction.Status.DELAYED
    return TransactionEvent(
        transaction=found,
        status=status,
        at=found.proposed_at,
        person=found.proposer,
        reason=found.reason,
    )


def page(actor, *, filters, account=None, before=None, limit):
    """Transactions, the newest first; one more than `limit` where others follow.

    Raises: NotPermitted.
    """
    rows = visible(actor).filter(**filters)
    if account is not None:
        rows = rows.filter(pk__in=of_account(account))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-pk")[: limit + 1]


def lines(number, *, after=0, limit, own=None):
    """Lines of a transaction in their order; one more than `limit` where others follow.

    They are numbered from 1 without gaps, so the end of a page is known before any row is joined.
    With `own`, those that name one of these accounts, wherever they stand.
    """
    rows = (
        TransactionLine.objects.filter(transaction_id=number)
        .select_related("source", "destination", "unit_type__registry", "entity")
        .order_by("number")
    )
    if own is None:
        return rows.filter(number__range=(after + 1, after + limit + 1))
    named = Q(source__in=own) | Q(destination__in=own)
    return rows.filter(named, number__gt=after)[: limit + 1]


def moved(posting_id, *, after=None, limit, own=None):
    """Movements of a posting by public names; one more than `limit` where others follow.

    `after` is the `end` of the movement that the page before ended with. With `own`, those that
    begin or end in one of these accounts.
    """
    if posting_id is None:
        return []
    every = movements(posting_id, after=after)
    if own is not None:
        every = (move for move in every if {move.source, move.destination} & own)
    found = list(islice(every, limit + 1))
    ends = {end for move in found for end in (move.source, move.destination)}
    accounts = dict(Account.objects.filter(pk__in=ends - {None}).values_list("pk", "number"))
    rows = UnitType.objects.filter(pk__in={move.unit_type for move in found})
    unit_types = {pk: names for pk, *names in rows.values_list("pk", "registry__code", "code")}
    return [
        {
            "source": accounts.get(move.source),
            "destination": accounts.get(move.destination),
            "home": unit_types[move.unit_type][0],
            "unit_type": unit_types[move.unit_type][1],
            "first": move.first,
            "last": move.last,
            "quantity": move.quantity,
            "end": move.end,
        }
        for move in found
    ]


def answered(outcome) -> dict:
    """What the proposal of a transaction was answered.

    Of what was completed as it was proposed, the process knows it all: codes do not change.
    """
    known = facts.reference()
    kind = known.type_codes.get(outcome.type_id)
    registry = known.registry_codes.get(outcome.registry_id)
    if outcome.proposed_at is not None and outcome.status == COMPLETED and kind and registry:
        row = (outcome.transaction_id, kind, registry, COMPLETED, outcome.posting_id)
        return dict(zip(ANSWERED, (*row, None, outcome.proposed_at, None), strict=True))
    (row,) = rows(ANSWER, [outcome.transaction_id])
    return dict(zip(ANSWERED, row, strict=True))


def open_acts(actor, found) -> list[str]:
    """What the actor could say of a transaction now; the services decide when it is said."""
    if found.status == Transaction.Status.DELAYED:
        return _acts_while_delayed(actor, found)
    if found.status != Transaction.Status.AWAITING_APPROVAL:
        return []
    if found.proposer_id == actor.person_id:
        return ["withdraw"]
    try:
        permissions.require_approver(actor, found)
    except NotPermitted:
        return []
    return ["approve", "reject"]


def _acts_while_delayed(actor, found):
    if found.proposer_id != actor.person_id:
        try:
            permissions.require_approver(actor, found)
        except NotPermitted:
            return []
    return ["cancel"]


def of_account(account):
    """Ids of transactions that moved units of the account, or have reserved some in it."""
    rows = Holding.objects.filter(account=account)
    closed = rows.filter(closed_by__isnull=False).values("closed_by")
    moved_by = Posting.objects.filter(pk__in=rows.values("opened_by").union(closed))
    marks = Mark.objects.filter(account=account, released_at=None)
    return moved_by.values("transaction").union(marks.values("transaction"))
