"""Undo a completed transaction by another one that points to it."""

from registry.checks.rights import Reversible
from registry.errors import Failure, RuleViolated, unknown_transaction
from registry.lines import Line
from registry.models import Transaction
from registry.selectors.movements import movements

from .propose import Outcome, Request, propose


def reverse(*, actor, transaction_id, key, at, reason="") -> Outcome:
    """Proposes to bring all units of a transaction back to where they came from.

    Raises: InvalidInput, NotPermitted, NotFound, Conflict, RuleViolated.
    """
    original = (
        Transaction.objects.select_related("type", "posting").filter(pk=transaction_id).first()
    )
    if original is None or original.posting_id is None:
        raise unknown_transaction(transaction_id)
    if not original.type.reversible:
        # Its movements may be no lines: an issuance comes from nowhere, a merge moves nothing.
        raise RuleViolated(
            Failure(
                Reversible.code,
                Reversible.message,
                Reversible.hint,
                data={"transaction": str(original.pk), "status": original.status},
            )
        )
    lines = [
        Line(move.destination, move.source, move.unit_type, move.quantity, first=move.first)
        for move in movements(original.posting_id)
    ]
    return propose(actor, Request("reverse", lines, key, at, reason, reverses=original))
