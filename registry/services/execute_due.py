"""Complete what is due, and end what has waited too long.

Any number of workers may do this at once: each transaction is a statement of its own, taken by
whoever locks its row first; a batch that is all or nothing is one as well, taken by whoever locks
the batch. A worker that is killed leaves nothing half done; the next one goes on.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError
from django.db.models import Q

from registry import permissions, posting
from registry.errors import DomainError
from registry.models import Batch, Role, Transaction
from registry.selectors.batches import of_transaction

from .decide_batch import end_batch, execute_batch
from .propose import AWAITS

BATCH = 500
WORKERS = frozenset({Role.SYSTEM})
# What may change by itself: a transaction that meets it waits on, until it expires.
PASSING = frozenset(
    {
        "SOURCE_ACCOUNT_BLOCKED",
        "DESTINATION_ACCOUNT_BLOCKED",
        "HOLDING_LIMIT_EXCEEDED",
        "RECONCILIATION_PENDING",
        "SERIALS_MARKED",
        "EMERGENCY_STOP_STANDS",
        "REGISTRY_STOPPED",
        "UNIT_TYPE_STOPPED",
        # It expired while it was written: it ends as what has expired does.
        "PROPOSAL_EXPIRED",
    }
)
STATUS = Transaction.Status

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """How many transactions a run has completed, failed, expired, and left waiting."""

    completed: int = 0
    failed: int = 0
    expired: int = 0
    waiting: int = 0


def execute_due(*, actor, at: datetime) -> Run:
    """Completes every delayed transaction that is due at `at`, and expires what is late.

    One that a rule forbids fails, with the reasons in its history; one that meets what may pass,
    such as a suspended account, stays until it expires.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, WORKERS, None)
    run = Run()
    # What awaits something beyond its time is completed by who proposed it so.
    for number in _in_order(STATUS.DELAYED, "due_at", at, ~Q(attributes__has_key=AWAITS)):
        _execute(actor, number, run)
    for status in (STATUS.AWAITING_APPROVAL, STATUS.DELAYED):
        for number in _in_order(status, "expires_at", at):
            run.expired += _end(actor, number, STATUS.TERMINATED, "expired")
    return run


def _end(actor, number, status, reason):
    """Whether it was ended: a transaction of a batch that is all or nothing with all the others,
    and one that expires with all that wait as it does."""
    batch = of_transaction(number)
    if batch is None or (status == STATUS.FAILED and batch.mode == Batch.Mode.EACH_ON_ITS_OWN):
        return posting.end(actor, number, status=status, reason=reason) is not None
    return end_batch(actor=actor, batch_id=batch.pk, status=status, reason=reason) is not None


def _in_order(status, moment, at, *conditions):
    """Numbers of the transactions whose moment has come, a batch at a time, each once."""
    after = None
    while True:
        rows = Transaction.objects.filter(*conditions, status=status, **{f"{moment}__lte": at})
        if after is not None:
            same = Q(**{moment: after[0]}, pk__gt=after[1])
            rows = rows.filter(Q(**{f"{moment}__gt": after[0]}) | same)
        found = list(rows.order_by(moment, "id").values_list(moment, "id")[:BATCH])
        for after in found:
            yield after[1]
        if len(found) < BATCH:
            return


def _execute(actor, number, run):
    try:
        run.completed += _done(actor, number)
    except DatabaseError:
        # It is tried again; what is due after it does not wait for that.
        logger.exception("transaction %s could not be completed", number)
        run.waiting += 1
    except DomainError as error:
        if PASSING.issuperset(error.codes):
            run.waiting += 1
            return
        reason = ", ".join(error.codes)
        logger.warning("transaction %s failed when it was due: %s", number, reason)
        run.failed += _end(actor, number, STATUS.FAILED, reason)


def _done(actor, number):
    batch = of_transaction(number)
    if batch is None or batch.mode == Batch.Mode.EACH_ON_ITS_OWN:
        return posting.execute(actor, number) is not None
    return execute_batch(actor=actor, batch_id=batch.pk) is not None
