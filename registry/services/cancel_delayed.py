"""Stop what was approved before its delay has ended."""

from registry import permissions, posting
from registry.errors import unknown_transaction
from registry.models import Transaction
from registry.posting import Outcome
from registry.selectors.batches import require_alone


def cancel_delayed(*, actor, transaction_id, reason="") -> Outcome:
    """Cancels a delayed transaction; its units are free again.

    Its proposer may, and whoever may decide on it.

    Raises: NotPermitted, NotFound, Conflict.
    """
    permissions.require_actor(actor)
    found = Transaction.objects.filter(pk=transaction_id).first()
    if found is None:
        raise unknown_transaction(transaction_id)
    if found.proposer_id != actor.person_id:
        permissions.require_approver(actor, found)
    require_alone(found.pk)
    return posting.end(
        actor, transaction_id, status=Transaction.Status.MANUALLY_CANCELLED, reason=reason
    )
