"""What proposals would do, without doing any of it.

Each proposal runs through the very services and the gate that would carry it out, one after the
other in a database transaction that is taken back: later ones see what earlier ones would have
done. So a whole file can be tried, for now or for a moment ahead.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.crypto import get_random_string

from registry import permissions
from registry.calendars.working_time import Ending
from registry.errors import DomainError
from registry.models import Account, AccountDay, Mark, Transaction, TransactionLine, TransactionType
from registry.selectors.movements import movements

from .delays import Ends, ending

SHOWN = 100


@dataclass(frozen=True)
class Trial:
    """What one proposal would meet. Without failures: the status that it would begin in, how many
    would have to approve it, when its delay would end (if it was approved at the same moment), the
    blocks that would move, and what would be left of daily limits, by account."""

    failures: list = field(default_factory=list)
    status: int | None = None
    approvals_needed: int = 0
    delay: Ending | None = None
    moves: list = field(default_factory=list)
    limits: dict = field(default_factory=dict)


def dry_run(*, actor, acts: list[Callable], at: datetime) -> list[Trial]:
    """Tries each of `acts`, which take the actor, a key and a moment as services do.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    trials = []
    with transaction.atomic():
        for act in acts:
            try:
                with transaction.atomic():
                    outcome = act(actor=actor, key=f"dry-{get_random_string(32)}", at=at)
                    trials.append(_told(outcome, at))
            except DomainError as error:
                trials.append(Trial(failures=error.failures))
        transaction.set_rollback(True)
    return trials


def _told(outcome, at):
    found = Transaction.objects.get(pk=outcome.transaction_id)
    lines = list(TransactionLine.objects.filter(transaction_id=found.pk))
    return Trial(
        status=found.status,
        approvals_needed=found.approvals_needed,
        delay=_delay(found, lines, at),
        moves=_moves(found),
        limits=_left({line.source_id for line in lines} - {None}),
    )


def _delay(found, lines, at):
    return ending(
        TransactionType.objects.filter(pk=found.type_id).values().get(),
        lines=[Ends(line.source_id, line.destination_id) for line in lines],
        registry_id=found.registry_id,
        execute_at=found.execute_at,
        at=at,
    )


def _moves(found):
    """Account from, account to, unit type, first and last serial, of the first blocks."""
    if found.posting_id is not None:
        moved = islice(movements(found.posting_id), SHOWN)
        return [(m.source, m.destination, m.unit_type, m.first, m.last) for m in moved]
    ends = dict(
        TransactionLine.objects.filter(transaction_id=found.pk).values_list(
            "number", "destination_id"
        )
    )
    marks = Mark.objects.filter(transaction_id=found.pk).order_by("line", "first")[:SHOWN]
    return [(m.account_id, ends[m.line], m.unit_type_id, m.first, m.last) for m in marks]


def _left(accounts):
    limited = dict(
        Account.objects.filter(pk__in=accounts, daily_limit__isnull=False).values_list(
            "pk", "daily_limit"
        )
    )
    latest = AccountDay.objects.filter(account__in=limited).order_by("account", "-day")
    used = dict(latest.distinct("account").values_list("account_id", "units"))
    return {account: limit - used.get(account, 0) for account, limit in limited.items()}
