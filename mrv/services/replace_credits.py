"""Replace units that are owed for a loss, by cancelling others."""

from django.db import transaction

from mrv.errors import failure
from mrv.models import CreditLoss, Replacement
from mrv.selectors import credits
from registry import turns
from registry.errors import Conflict, RuleViolated
from registry.lines import Line
from registry.models import Account
from registry.services.cancel import cancel


@transaction.atomic
def replace_credits(*, actor, number, account: Account, units, key, at) -> Replacement:
    """Proposes to cancel so many units of the project's unit type, from an account of the actor's.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (LOSS_IN_ANOTHER_STATE), RuleViolated
    (REPLACEMENT_ABOVE_OWED, and whatever refuses the cancellation).
    """
    loss = credits.find_loss(actor, number)
    turns.take(f"mrv_project_{loss.project_id}")
    loss.refresh_from_db()
    if loss.state != CreditLoss.State.SETTLED:
        raise Conflict(failure("LOSS_IN_ANOTHER_STATE", state=loss.state))
    proposed = cancel(
        actor=actor,
        lines=[Line(account.pk, None, loss.project.unit_type_id, units)],
        key=key,
        at=at,
        reason=f"{loss.project.code}: {loss.kind} {loss.pk}",
    )
    if proposed.replayed:
        return Replacement.objects.get(transaction=proposed.transaction_id)
    left = loss.owed - credits.replaced(loss)
    if units > left:
        raise RuleViolated(failure("REPLACEMENT_ABOVE_OWED", left=str(left)))
    return Replacement.objects.create(
        loss=loss,
        units=units,
        transaction_id=proposed.transaction_id,
        offered_by_id=actor.person_id,
        offered_at=at,
    )
