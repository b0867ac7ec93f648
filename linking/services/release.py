"""Give back what was taken for a use that did not come about."""

from django.db import transaction
from django.db.models import F

from linking.models import Release, StoredDecision, UnitsUsed
from linking.selectors.limits import scale_now
from registry import limits
from registry.limits import Draw
from registry.models import Transaction, TransactionLine

Status = Transaction.Status
UNDONE = {
    *(Status.FAILED, Status.TERMINATED, Status.REJECTED, Status.CANCELLED),
    *(Status.REVERSED, Status.MANUALLY_CANCELLED),
}


def release_undone(*, at, most=1000) -> int:
    """Gives back limits of uses whose transactions were rejected, withdrawn or reversed.

    A decision is given back once, whoever calls this and however often; the number given back.
    """
    waiting = StoredDecision.objects.filter(kind="use", release=None).order_by("id")[:most]
    released = 0
    for decision in waiting:
        status = status_of(decision)
        if status in UNDONE and release(decision, at):
            released += 1
    return released


def status_of(decision):
    """The status of the transaction whose lines name the decision; None where there is none."""
    return (
        TransactionLine.objects.filter(factor_version__startswith=f"{decision.pk} ")
        .values_list("transaction__status", flat=True)
        .first()
    )


@transaction.atomic
def release(decision, at) -> bool:
    """Gives back what a decision has taken, once; whether this was the time."""
    _row, created = Release.objects.get_or_create(decision=decision, defaults={"at": at})
    if not created:
        return False
    _give_back(decision.outcome)
    if decision.kind != "use":
        return True
    request = decision.request["request"]
    UnitsUsed.objects.filter(
        edge_id=decision.outcome["edge"],
        entity_id=request["entity"],
        period=request["period"],
        factor=decision.outcome["factor"],
    ).update(units=F("units") - int(decision.outcome["consumed"]))
    return True


def _give_back(outcome):
    """Takes are undone, and so is what a counter-flow that does not come about has restored."""
    own, shared = [], []
    for limit in outcome["limits"]:
        taken = int(limit["before"]) - int(limit["after"])
        tonnes = taken * (scale_now(limit["pool"]) or limit["scale"]) // limit["scale"]
        draw = Draw(limit["pool"], limit["period"], tonnes, limit["entity"])
        is_own = limit["entity"] is None and limit["pool"].startswith("link:")
        (own if is_own else shared).append(draw)
    if shared:
        limits.give_back(shared)
    if own:
        # What came back by a counter-flow meanwhile is room beyond what is used.
        limits.give_back(own, beyond=True)
    for back in outcome.get("restored", ()):
        scale = scale_now(back["pool"]) or back["scale"]
        limits.shift(back["pool"], back["period"], int(back["amount"]) * -scale // back["scale"])
