"""End what waits for approvals or for its time, because what it rests on holds no longer."""

from django.db import transaction

from registry import permissions, posting
from registry.errors import Conflict
from registry.models import Role, Transaction
from registry.posting import Outcome, Verdict

WORKERS = frozenset({Role.SYSTEM})
STATUS = Transaction.Status
# People approve, and delays end, at the same moment.
ATTEMPTS = 3


def void_waiting(*, actor, transaction_id, reason, at) -> Outcome | None:
    """Rejects what awaits approval and cancels what is delayed; None where it has ended already.

    Raises: NotPermitted, Conflict where others decide on it all the time.
    """
    permissions.require_role(actor, WORKERS, None)
    for attempt in range(1, ATTEMPTS + 1):
        waiting = Transaction.objects.filter(pk=transaction_id)
        status, payload_hash = waiting.values_list("status", "payload_hash").get()
        if status not in (STATUS.AWAITING_APPROVAL, STATUS.DELAYED):
            return None
        try:
            with transaction.atomic():
                if status == STATUS.DELAYED:
                    return posting.end(
                        actor, transaction_id, status=STATUS.MANUALLY_CANCELLED, reason=reason
                    )
                verdict = Verdict(bytes(payload_hash), False, reason, at)
                return posting.decide(actor, transaction_id, verdict)
        except Conflict:
            if attempt == ATTEMPTS:
                raise
    return None
