"""Complete what is due, and end what has waited too long.

Any number of workers may do this at once: each transaction is a statement of its own, taken by
whoever locks its row first. A worker that is killed leaves nothing half done; the next one goes on.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError
from django.db.models import Q

from registry import permissions, posting
from registry.errors import DomainError
from registry.models import Role, Transaction

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
    for number in _in_order(STATUS.DELAYED, "due_at", at):
        _execute(actor, number, run)
    for status in (STATUS.AWAITING_APPROVAL, STATUS.DELAYED):
        for number in _in_order(status, "expires_at", at):
            ended = posting.end(actor, number, status=STATUS.TERMINATED, reason="expired")
            run.expired += ended is not None
    return run


def _in_order(status, moment, at):
    """Numbers of the transactions whose moment has come, a batch at a time, each once."""
    after = None
    while True:
        rows = Transaction.objects.filter(status=status, **{f"{moment}__lte": at})
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
        run.completed += posting.execute(actor, number) is not None
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
        run.failed += posting.end(actor, number, status=STATUS.FAILED, reason=reason) is not None
