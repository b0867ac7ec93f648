"""Give back what was taken for a use that did not come about."""

from django.db import transaction
from django.db.models import F

from linking.models import Release, StoredDecision, UnitsUsed
from linking.selectors.limits import scale_now
from registry.limits import Draw
from registry.models import Transaction, TransactionLine

from .move_limits import Moves, move_limits

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


def release(decision, at) -> bool:
    """Gives back what a decision has taken, once; whether this was the time."""
    return release_all([decision], at) == 1


@transaction.atomic
def release_all(decisions, at) -> int:
    """Gives back what decisions have taken, each once and all at the same time; how many were."""
    fresh = [
        decision
        for decision in decisions
        if Release.objects.get_or_create(decision=decision, defaults={"at": at})[1]
    ]
    moves = Moves()
    for decision in fresh:
        _give_back(decision.outcome, moves)
    move_limits(moves)
    uses = [decision for decision in fresh if decision.kind == "use"]
    for decision in sorted(uses, key=_sum):
        edge_id, factor, entity, period = _sum(decision)
        UnitsUsed.objects.filter(
            edge_id=edge_id, factor=factor, entity_id=entity, period=period
        ).update(units=F("units") - int(decision.outcome["consumed"]))
    return len(fresh)


def _sum(decision):
    """The key of the sum that a use was added to, as linking.decide has it."""
    request, outcome = decision.request["request"], decision.outcome
    return outcome["edge"], outcome["factor"], request["entity"], request["period"]


def _give_back(outcome, moves):
    """Takes are undone, and so is what a counter-flow that does not come about has restored."""
    for limit in outcome["limits"]:
        taken = int(limit["before"]) - int(limit["after"])
        tonnes = taken * (scale_now(limit["pool"]) or limit["scale"]) // limit["scale"]
        draw = Draw(limit["pool"], limit["period"], tonnes, limit["entity"])
        is_own = limit["entity"] is None and limit["pool"].startswith("link:")
        # What came back by a counter-flow meanwhile is room beyond what is used.
        (moves.beyond if is_own else moves.backs).append(draw)
    for back in outcome.get("restored", ()):
        scale = scale_now(back["pool"]) or back["scale"]
        parts = int(back["amount"]) * -scale // back["scale"]
        moves.shifts.append(Draw(back["pool"], back["period"], parts))
