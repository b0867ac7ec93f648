"""Many proposals in one request. For approval they are one: one hash, the strictest's N of M."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from registry import canonical, errors, facts, permissions, posting
from registry.lines import require_form
from registry.models import Batch, BatchItem, Transaction
from registry.posting import Outcome

from .delays import ending
from .propose import Request, approvals_needed, propose
from .propose_each import ENDS, Item, propose_each
from .use import use

Mode = Batch.Mode
Status = Transaction.Status
# Where several proposals are refused, the error is of the first of these.
ORDER = (errors.NotPermitted, errors.InvalidInput, errors.Unavailable, errors.Conflict)


@transaction.atomic
def propose_each_on_its_own(
    *, actor, items: list[Item], at: datetime, reason="", execute_at=None
) -> Batch | None:
    """Proposes each item as a transaction of its own, and sets its result.

    Those that have to be approved are one batch: as many persons approve all of them as the
    strictest needs, also of types that alone would need fewer. So are those that wait for
    `execute_at`, to be cancelled as one. None where neither is asked.

    Raises: NotPermitted (NO_ACTOR), InvalidInput, Unavailable (REFERENCE_DATA_CHANGES).
    """
    permissions.require_actor(actor)
    requests = [Request(item.type_code, [item.line], item.key, at) for item in items]
    needed = strictest(requests)
    terms = {"approvals": needed, "execute_at": execute_at}
    propose_each(actor=actor, items=items, at=at, reason=reason, **terms)
    if not needed and execute_at is None:
        return None
    results = [item.result for item in items]
    return _batched(actor, Mode.EACH_ON_ITS_OWN, results, reason=reason, at=at)


@transaction.atomic
def propose_all_or_nothing(*, actor, requests: list[Request]) -> tuple[list[Outcome], Batch | None]:
    """Proposes transactions of several types, all of them or none, and returns their outcomes.

    Where any of them waits, all wait: for the strictest's approvals and until the latest delay
    has ended. What is wrong with any is told together; lines are counted through all requests.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated, Unavailable.
    """
    permissions.require_actor(actor)
    for request in requests:
        require_form(request.lines)
    if len(requests) == 1:
        # One transaction has one hash already.
        return [propose_any(actor, requests[0])], None
    needed = strictest(requests)
    execute_at = None if needed else _latest_end(requests)
    outcomes = _propose_all(
        actor,
        [
            replace(request, approvals=needed, execute_at=execute_at or request.execute_at)
            for request in requests
        ],
    )
    first = requests[0]
    batch = _batched(actor, Mode.ALL_OR_NOTHING, outcomes, reason=first.reason, at=first.at)
    return outcomes, batch


def strictest(requests) -> int:
    """How many persons approve that request which needs the most."""
    needed = 0
    formed = [request for request in requests if _has_form(request)]
    facts.know([line for request in formed for line in request.lines])
    for request in formed:
        kind = _type_of(request)
        if kind is not None:
            needed = max(needed, approvals_needed(kind, request.lines))
    return needed


def _type_of(request):
    return facts.read(request.type_code, request.at, request.lines).type


def _has_form(request):
    try:
        require_form(request.lines)
    except errors.InvalidInput:
        return False
    return True


def _latest_end(requests):
    """The end of the longest delay, where nobody approves; None where nothing waits."""
    ends = []
    for request in requests:
        known = facts.read(request.type_code, request.at, request.lines)
        if known.type is not None and known.registries:
            end = ending(
                known.type,
                lines=request.lines,
                registry_id=min(known.registries),
                execute_at=request.execute_at,
                at=request.at,
            )
            ends.extend([end.at] if end else [])
    return max(ends, default=None)


def _propose_all(actor, requests):
    outcomes, refusals, before = [], [], 0
    for request in requests:
        try:
            with transaction.atomic():
                outcomes.append(propose_any(actor, request))
        except errors.DomainError as error:
            refusals.append((error, before))
        before += len(request.lines)
    if refusals:
        kinds = [type(error) for error, _before in refusals]
        kind = next((kind for kind in ORDER if kind in kinds), errors.RuleViolated)
        raise kind(
            *(
                replace(failure, line=failure.line and failure.line + before)
                for error, before in refusals
                for failure in error.failures
                if isinstance(error, kind)
            )
        )
    return outcomes


def propose_any(actor, request: Request) -> Outcome:
    """Proposes what a line of a batch can be: a movement, or the use of units.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated, Unavailable.
    """
    if request.type_code in ENDS:
        return use(actor, ENDS[request.type_code], request)
    return propose(actor, request)


def _batched(actor, mode, results, *, reason, at):
    """The batch of what waits of these results; that of an earlier, equal request."""
    outcomes = [result for result in results if isinstance(result, Outcome)]
    made = [outcome for outcome in outcomes if not outcome.replayed]
    if not made and outcomes:
        item = BatchItem.objects.filter(transaction=outcomes[0].transaction_id).first()
        return item and item.batch
    rows = Transaction.objects.in_bulk([outcome.transaction_id for outcome in made])
    waiting = [
        rows[outcome.transaction_id]
        for outcome in made
        if rows[outcome.transaction_id].status in (Status.AWAITING_APPROVAL, Status.DELAYED)
    ]
    if not waiting:
        return None
    with posting.explained():
        batch = Batch.objects.create(
            mode=mode,
            proposer_id=actor.person_id,
            api_key_id=actor.api_key_id,
            payload_hash=canonical.digest(payload_of(mode, reason, waiting)),
            reason=reason,
            approvals_needed=max(row.approvals_needed for row in waiting),
            at=at,
        )
        BatchItem.objects.bulk_create(
            BatchItem(batch=batch, transaction=row, number=number)
            for number, row in enumerate(waiting, 1)
        )
    return batch


def payload_of(mode, reason, transactions):
    """The canonical payload of a batch: the payload hashes of its transactions, in their order."""
    return {
        "mode": str(mode),
        "reason": reason,
        "transactions": [bytes(row.payload_hash).hex() for row in transactions],
    }
