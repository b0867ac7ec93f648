"""What proposals would do, without doing any of it.

Each proposal runs through the very services and the gate that would carry it out, one after the
other in a database transaction that is taken back: later ones see what earlier ones would have
done. So a whole file can be tried, for now or for a moment ahead.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from django.db import transaction
from django.utils.crypto import get_random_string

from registry import permissions
from registry.calendars.working_time import Ending
from registry.errors import DomainError
from registry.models import Issuance, Mark, Transaction, TransactionLine, TransactionType
from registry.selectors import foreseen
from registry.selectors.approvers import Approvers, approvers
from registry.selectors.limits_left import limits_left
from registry.selectors.movements import movements

from .delays import Ends, ending
from .propose import Request
from .propose_batch import propose_any, strictest

SHOWN = 100


@dataclass(frozen=True)
class Trial:
    """What one proposal would meet. Without failures: the status that it would begin in, how many
    would have to approve it and who could, when its delay would end (if it was approved at the same
    moment), the blocks that would move, what every account would gain or lose, and what would be
    left of the limits that it touches. With failures: the error that has them."""

    failures: list = field(default_factory=list)
    refusal: DomainError | None = None
    status: int | None = None
    approvals_needed: int = 0
    approvers: Approvers | None = None
    registry_id: int | None = None
    delay: Ending | None = None
    moves: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    limits: list = field(default_factory=list)


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
                trials.append(Trial(failures=error.failures, refusal=error))
        transaction.set_rollback(True)
    return trials


def dry_run_batch(*, actor, requests: list[Request], at: datetime) -> list[Trial]:
    """Tries what would be one batch: the strictest's approvals are asked of all.

    Raises: NotPermitted (NO_ACTOR), InvalidInput.
    """
    permissions.require_actor(actor)
    requests = [replace(request, at=at) for request in requests]
    needed = strictest(requests)
    acts = [partial(_propose, request=replace(request, approvals=needed)) for request in requests]
    return dry_run(actor=actor, acts=acts, at=at)


def _propose(*, actor, key, at, request):
    return propose_any(actor, replace(request, key=key, at=at))


def _told(outcome, at):
    found = Transaction.objects.select_related("type").get(pk=outcome.transaction_id)
    lines = list(
        TransactionLine.objects.filter(transaction_id=found.pk).select_related("destination")
    )
    return Trial(
        status=found.status,
        approvals_needed=found.approvals_needed,
        approvers=approvers(found, lines) if found.approvals_needed else None,
        registry_id=found.registry_id,
        delay=_delay(found, lines, at),
        moves=_moves(found, lines),
        changes=foreseen.changes(found, found.type.effect),
        limits=limits_left(found, lines),
    )


def _delay(found, lines, at):
    return ending(
        TransactionType.objects.filter(pk=found.type_id).values().get(),
        lines=[Ends(line.source_id, line.destination_id) for line in lines],
        registry_id=found.registry_id,
        execute_at=found.execute_at,
        at=at,
    )


def _moves(found, lines):
    """Account from, account to, unit type, first and last serial, of the first blocks."""
    if found.posting_id is not None:
        moved = islice(movements(found.posting_id), SHOWN)
        return [(m.source, m.destination, m.unit_type, m.first, m.last) for m in moved]
    ends = {line.number: line.destination_id for line in lines}
    marks = Mark.objects.filter(transaction_id=found.pk).order_by("line", "first")[:SHOWN]
    reserved = [(m.account_id, ends[m.line], m.unit_type_id, m.first, m.last) for m in marks]
    return [*reserved, *_issued(found, lines)][:SHOWN]


def _issued(found, lines):
    """The serials that would come into being, were they issued now."""
    following = {}
    by_number = {line.number: line for line in lines}
    for issuance in found.attributes.get("issuances", ()):
        numbers = range(issuance["first_line"], issuance["last_line"] + 1)
        unit_type = by_number[numbers[0]].unit_type_id
        if unit_type not in following:
            rows = Issuance.objects.filter(unit_type=unit_type).order_by("-last")
            following[unit_type] = (rows.values_list("last", flat=True).first() or 0) + 1
        first = int(issuance.get("first") or following[unit_type])
        for number in numbers:
            line = by_number[number]
            last = first + line.quantity - 1
            yield None, line.destination_id, unit_type, first, last
            first = last + 1
        following[unit_type] = max(following[unit_type], first)
