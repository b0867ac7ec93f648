"""Transactions that wait, are decided, and end; and those whose time is about to run out."""

from django.db.models import Q, Sum

from registry import permissions
from registry.models import (
    Approval,
    Notice,
    Role,
    Transaction,
    TransactionEvent,
    TransactionLine,
)

from .occurrence import Occurrence

Kind = Notice.Kind
Status = Transaction.Status
WAITING = (Status.AWAITING_APPROVAL, Status.DELAYED)
ENDED = {
    Status.COMPLETED: Kind.TRANSACTION_COMPLETED,
    Status.DELAYED: Kind.TRANSACTION_DELAYED,
    **dict.fromkeys(
        (Status.TERMINATED, Status.FAILED, Status.CANCELLED, Status.MANUALLY_CANCELLED),
        Kind.TRANSACTION_ENDED,
    ),
}
# A system actor is told nothing.
DECIDERS = permissions.DECIDERS - {Role.SYSTEM}
OF_TRANSACTION = ("type", "registry", "proposer")


def proposed(rows) -> list[Occurrence]:
    """Proposals that wait, for a decision or for the end of a delay.

    What was completed as it was proposed is told to nobody: nobody has to do anything.
    """
    rows = rows.filter(Q(approvals_needed__gt=0) | Q(due_at__isnull=False))
    found = list(rows.select_related(*OF_TRANSACTION))
    moved = _Moved(found)
    return [
        _occurrence(
            Kind.TRANSACTION_PROPOSED if each.approvals_needed else Kind.TRANSACTION_DELAYED,
            each,
            moved,
            key=f"proposal:{each.pk}",
            at=each.proposed_at,
            left=each.approvals_needed,
            reason=each.reason,
            moment=_text(each.expires_at if each.approvals_needed else each.due_at),
        )
        for each in found
    ]


def decided(rows) -> list[Occurrence]:
    """Approvals and rejections."""
    joined = [f"transaction__{name}" for name in OF_TRANSACTION]
    found = list(rows.select_related("person", *joined))
    moved = _Moved([each.transaction for each in found])
    return [
        _occurrence(
            Kind.TRANSACTION_APPROVED if each.approved else Kind.TRANSACTION_REJECTED,
            each.transaction,
            moved,
            key=f"approval:{each.pk}",
            at=each.at,
            person=str(each.person),
            reason=each.reason,
        )
        for each in found
    ]


def changed(rows) -> list[Occurrence]:
    """What became of a transaction that waited; a rejection is told by its decision."""
    joined = [f"transaction__{name}" for name in OF_TRANSACTION]
    found = list(rows.filter(status__in=ENDED).select_related("person", *joined))
    moved = _Moved([each.transaction for each in found])
    return [
        _occurrence(
            ENDED[Status(each.status)],
            each.transaction,
            moved,
            key=f"event:{each.pk}",
            at=each.at,
            receivers=each.status == Status.COMPLETED,
            status=each.status,
            moment=_text(each.transaction.due_at),
            reason=each.reason,
        )
        for each in found
    ]


def expiring(after, upto) -> list[Occurrence]:
    """Waiting transactions that end without a decision between two instants."""
    return _deadlines(Kind.PROPOSAL_EXPIRING, Status.AWAITING_APPROVAL, "expires_at", after, upto)


def delay_ending(after, upto) -> list[Occurrence]:
    """Delayed transactions that are completed between two instants, if nobody stops them."""
    return _deadlines(Kind.DELAY_ENDING, Status.DELAYED, "due_at", after, upto)


def _deadlines(kind, status, moment, after, upto):
    rows = Transaction.objects.filter(
        status=status, **{f"{moment}__gt": after, f"{moment}__lte": upto}
    )
    found = list(rows.select_related(*OF_TRANSACTION).order_by(moment, "pk"))
    moved = _Moved(found)
    return [
        _occurrence(
            kind,
            each,
            moved,
            # Of the same transaction there is another deadline after its delay.
            key=f"{kind}:{each.pk}:{int(getattr(each, moment).timestamp())}",
            at=getattr(each, moment),
            moment=_text(getattr(each, moment)),
        )
        for each in found
    ]


class _Moved:
    """How many units transactions move, and between which accounts."""

    def __init__(self, transactions):
        self.quantities, self.givers, self.receivers = {}, {}, {}
        rows = TransactionLine.objects.filter(
            transaction_id__any_of=[each.pk for each in transactions]
        )
        ends = rows.values_list("transaction_id", "source_id", "destination_id")
        for number, source, destination, units in ends.annotate(Sum("quantity")):
            self.quantities[number] = self.quantities.get(number, 0) + int(units)
            self.givers.setdefault(number, set()).add(source or destination)
            self.receivers.setdefault(number, set()).add(destination or source)


def _occurrence(kind, transaction, moved, *, key, at, receivers=False, **data):
    accounts = moved.givers.get(transaction.pk, set())
    if receivers:
        accounts = accounts | moved.receivers[transaction.pk]
    type_ = transaction.type
    return Occurrence(
        kind,
        key=key,
        subject=f"transaction:{transaction.pk}",
        at=at,
        data={
            "transaction": str(transaction.pk),
            "type": {
                "en": type_.name_en,
                "zh-hans": type_.name_zh_hans,
                "ja": type_.name_ja,
                "ko": type_.name_ko,
            },
            "registry": transaction.registry.code,
            "proposer": str(transaction.proposer),
            "quantity": str(moved.quantities.get(transaction.pk, 0)),
            **{name: value for name, value in data.items() if value not in (None, "")},
        },
        accounts=frozenset(accounts),
        roles=(frozenset(type_.approver_roles) & DECIDERS) or DECIDERS,
        registry_id=transaction.registry_id,
    )


def _text(moment):
    return None if moment is None else moment.isoformat()


SOURCES = {
    "proposals": (Transaction, proposed),
    "approvals": (Approval, decided),
    "transactions": (TransactionEvent, changed),
}
DEADLINES = {"expiring": expiring, "due": delay_ending}
