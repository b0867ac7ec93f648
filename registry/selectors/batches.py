"""Batches as an actor may read them, and what has become of them."""

from django.db.models import Count, Exists, Min, OuterRef
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Conflict, Failure, NotFound
from registry.models import Batch, BatchItem, Transaction

from . import transactions

WAITING = (Transaction.Status.AWAITING_APPROVAL, Transaction.Status.DELAYED)


def visible(actor):
    """Batches with a transaction that the actor may read.   Raises: NotPermitted."""
    readable = transactions.in_scope(actor).filter(batch_item__batch=OuterRef("pk"))
    return Batch.objects.select_related("proposer").filter(Exists(readable))


def find(actor, number) -> Batch:
    """One batch.   Raises: NotPermitted, NotFound (UNKNOWN_BATCH)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_BATCH",
                _("There is no such batch."),
                _("Check its number."),
                data={"batch": str(number)},
            )
        )
    return found


def detail(actor, number) -> Batch:
    """One batch with `states`, how many of its transactions have which status, its `due_at` and
    `expires_at`, the earliest of those that wait, and `said`, the decisions on it.

    Raises: NotPermitted, NotFound (UNKNOWN_BATCH).
    """
    found = find(actor, number)
    rows = Transaction.objects.filter(batch_item__batch=found)
    counted = rows.values("status").order_by("status").annotate(count=Count("pk"))
    found.states = list(counted)
    waiting = rows.filter(status__in=WAITING).aggregate(due=Min("due_at"), end=Min("expires_at"))
    found.due_at, found.expires_at = waiting["due"], waiting["end"]
    found.said = list(found.decisions.select_related("person").order_by("pk"))
    return found


def waiting_for(actor):
    """Batches of others of which something waits that this person may decide and has not, the
    oldest first.   Raises: NotPermitted (NO_ACTOR)."""
    waiting = transactions.in_scope(actor).filter(status=Transaction.Status.AWAITING_APPROVAL)
    if None not in actor.roles or not actor.roles[None] & permissions.DECIDERS:
        decides = [place for place, roles in actor.roles.items() if roles & permissions.DECIDERS]
        waiting = waiting.filter(registry__in=decides)
    left = waiting.exclude(approvals__person=actor.person_id).values("pk")
    items = BatchItem.objects.filter(transaction__in=left)
    rows = Batch.objects.select_related("proposer").exclude(proposer=actor.person_id)
    return rows.filter(pk__in=items.values("batch")).order_by("pk")


def of_batch(actor, batch):
    """The transactions of a batch that the actor may read, by their numbers in it."""
    rows = transactions.in_scope(actor).filter(batch_item__batch=batch)
    return rows.order_by("batch_item__number", "pk")


def open_acts(actor, batch) -> list[str]:
    """What the actor could say of a batch now; the services decide when it is said."""
    rows = Transaction.objects.filter(batch_item__batch=batch)
    waiting = rows.filter(status=Transaction.Status.AWAITING_APPROVAL)
    left = waiting.exclude(approvals__person=actor.person_id)
    places = rows.filter(status__in=WAITING).values_list("registry", flat=True).distinct()
    decides = all(actor.roles_in(place) & permissions.DECIDERS for place in places.order_by())
    acts = []
    if batch.proposer_id == actor.person_id:
        acts = ["withdraw"] if waiting.exists() else []
        decides = True
    elif decides and left.exists():
        acts = ["approve", "reject"]
    if decides and rows.filter(status=Transaction.Status.DELAYED).exists():
        acts.append("cancel")
    return acts


def numbers(batch, transactions) -> dict:
    """The places of transactions in their batch."""
    rows = BatchItem.objects.filter(batch=batch, transaction__in=transactions)
    return dict(rows.values_list("transaction_id", "number"))


def of_transaction(transaction_id) -> Batch | None:
    """The batch that a transaction belongs to, if any."""
    item = BatchItem.objects.filter(transaction=transaction_id).select_related("batch").first()
    return item and item.batch


def require_alone(transaction_id) -> None:
    """What belongs to a batch is decided, withdrawn and cancelled with it.

    Raises: Conflict (BATCH_DECIDES).
    """
    batch = of_transaction(transaction_id)
    if batch is not None:
        raise Conflict(
            Failure(
                "BATCH_DECIDES",
                _("The transaction belongs to a batch, which is decided as one."),
                _("Say it of the batch."),
                data={"batch": str(batch.pk)},
            )
        )
