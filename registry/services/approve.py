"""A second person's decision on a proposal. The last approval needed completes it."""

from registry import permissions, posting
from registry.errors import unknown_transaction
from registry.models import Transaction
from registry.posting import Outcome


def approve(*, actor, transaction_id, payload_hash, at, reason="") -> Outcome:
    """Approves exactly the payload with this hash.

    Raises: NotPermitted, NotFound, Conflict, RuleViolated.
    """
    _require_decider(actor, transaction_id)
    return posting.decide(
        actor, transaction_id, payload_hash=payload_hash, approved=True, reason=reason, at=at
    )


def reject(*, actor, transaction_id, payload_hash, at, reason="") -> Outcome:
    """Rejects the proposal; its units are free again.

    Raises: NotPermitted, NotFound, Conflict.
    """
    _require_decider(actor, transaction_id)
    return posting.decide(
        actor, transaction_id, payload_hash=payload_hash, approved=False, reason=reason, at=at
    )


def _require_decider(actor, transaction_id):
    permissions.require_actor(actor)
    found = Transaction.objects.filter(pk=transaction_id).values_list("registry_id").first()
    if found is None:
        raise unknown_transaction(transaction_id)
    permissions.require_role(actor, permissions.DECIDERS, found[0])
