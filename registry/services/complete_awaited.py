"""Complete or fail what awaits something beyond its approvals and its time.

`execute_due` leaves such transactions alone: whoever proposed them so says when it has come, within
the database transaction in which it comes.
"""

from registry import permissions, posting
from registry.models import Role, Transaction
from registry.posting import Outcome

WORKERS = frozenset({Role.SYSTEM})


def complete_awaited(*, actor, transaction_id) -> Outcome | None:
    """None where it is not due, has expired, or somebody is at it now.

    Raises: NotPermitted, RuleViolated.
    """
    permissions.require_role(actor, WORKERS, None)
    return posting.execute(actor, transaction_id)


def fail_awaited(*, actor, transaction_id, reason) -> Outcome | None:
    """Ends it as failed; None where it has ended already, or is not due.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, WORKERS, None)
    return posting.end(actor, transaction_id, status=Transaction.Status.FAILED, reason=reason)
