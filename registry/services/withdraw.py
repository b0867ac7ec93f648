"""The proposer takes a proposal back."""

from django.utils.translation import gettext_lazy as _

from registry import permissions, posting
from registry.errors import Failure, NotPermitted, unknown_transaction
from registry.models import Transaction
from registry.posting import Outcome
from registry.selectors.batches import require_alone


def withdraw(*, actor, transaction_id, reason="") -> Outcome:
    """Withdraws the actor's own waiting proposal; its units are free again.

    Raises: NotPermitted, NotFound, Conflict.
    """
    permissions.require_actor(actor)
    proposer = (
        Transaction.objects.filter(pk=transaction_id).values_list("proposer_id", flat=True).first()
    )
    if proposer is None:
        raise unknown_transaction(transaction_id)
    if proposer != actor.person_id:
        raise not_the_proposer()
    require_alone(transaction_id)
    return posting.withdraw(actor, transaction_id, reason=reason)


def not_the_proposer() -> NotPermitted:
    """The refusal of a withdrawal by anybody else."""
    return NotPermitted(
        Failure(
            "NOT_THE_PROPOSER",
            _("Only who proposed a transaction withdraws it."),
            _("An approver rejects it instead."),
        )
    )
