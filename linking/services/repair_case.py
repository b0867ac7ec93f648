"""Mend what a comparison has found: one administrator proposes, another one decides.

The freezes of the case end with the decision, in the same database transaction as the posting that
repairs, so the units are free at no moment in between.
"""

from django.db import transaction

from linking.errors import failure
from linking.models import ReconciliationCase
from linking.selectors import cases, digests, uses
from registry import permissions, turns
from registry.errors import Conflict, NotPermitted, RuleViolated
from registry.models import Mark, Role, Transaction
from registry.services.approve import approve, reject
from registry.services.freeze import release
from registry.services.propose import Request, propose

from .local_messages import write_message
from .open_case import actor_of_reconciliation, held_lines
from .plan import account_of

KIND = ReconciliationCase.Kind
REPAIR = ReconciliationCase.Repair
STATE = ReconciliationCase.State


@transaction.atomic
def propose_repair(*, actor, number, repair, reason, at) -> ReconciliationCase:
    """Proposes a posting that ends the difference, or to close the case without one.

    Raises: NotPermitted, NotFound (UNKNOWN_CASE), Conflict (CASE_IN_ANOTHER_STATE), RuleViolated
    (REPAIR_DOES_NOT_SUIT).
    """
    found = _locked(actor, number, STATE.OPEN)
    if repair not in possible(found):
        raise RuleViolated(failure("REPAIR_DOES_NOT_SUIT", repair=repair))
    standing = Mark.objects.filter(transaction__in=found.freezes, released_at=None)
    found.releases = [
        str(
            release(
                actor=actor,
                freeze_id=freeze_id,
                key=f"case-{found.pk}-{freeze_id}-{at.timestamp()}",
                at=at,
                reason=reason,
            ).transaction_id
        )
        for freeze_id in standing.values_list("transaction_id", flat=True).distinct()
    ]
    found.state, found.repair, found.reason = STATE.PROPOSED, repair, reason
    found.proposed_by_id = actor.person_id
    found.save()
    return found


def possible(case) -> list[str]:
    """The repairs that a case can have."""
    is_home = case.unit_type.registry_id == case.registry_id
    fits = {
        REPAIR.TAKE_HOME: case.kind == KIND.NOT_ABROAD and is_home,
        REPAIR.GIVE_UP: case.kind == KIND.NOT_AT_HOME and not is_home,
        REPAIR.NONE: True,
    }
    return [repair.value for repair, fit in fits.items() if fit]


@transaction.atomic
def approve_repair(*, actor, number, at) -> ReconciliationCase:
    """Does what was proposed: ends the freezes, and writes the posting.

    Raises: NotPermitted (OWN_REPAIR), NotFound, Conflict (CASE_IN_ANOTHER_STATE), and whatever
    refuses the posting.
    """
    found = _decided_by_another(actor, number)
    for waiting in _releases(found):
        approve(actor=actor, at=at, reason=found.reason, **waiting)
    if found.repair == REPAIR.TAKE_HOME:
        found.postings = _take_home(found, at)
    elif found.repair == REPAIR.GIVE_UP:
        found.postings = _give_up(found, actor, at)
    found.state = STATE.DISMISSED if found.repair == REPAIR.NONE else STATE.REPAIRED
    found.decided_by_id, found.decided_at = actor.person_id, at
    found.save()
    return found


@transaction.atomic
def refuse_repair(*, actor, number, at) -> ReconciliationCase:
    """Leaves the case open, and its units frozen.

    Raises: NotPermitted (OWN_REPAIR), NotFound, Conflict (CASE_IN_ANOTHER_STATE).
    """
    found = _decided_by_another(actor, number)
    for waiting in _releases(found):
        reject(actor=actor, at=at, reason=found.reason, **waiting)
    found.state, found.repair, found.releases, found.proposed_by_id = STATE.OPEN, "", [], None
    found.save()
    return found


def _locked(actor, number, state):
    turns.take(f"linking_case_{number}")
    found = cases.find(actor, number)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, found.registry_id)
    if found.state != state:
        raise Conflict(failure("CASE_IN_ANOTHER_STATE", state=found.state))
    return found


def _decided_by_another(actor, number):
    found = _locked(actor, number, STATE.PROPOSED)
    if found.proposed_by_id == actor.person_id:
        raise NotPermitted(failure("OWN_REPAIR"))
    return found


def _releases(case):
    rows = Transaction.objects.filter(
        pk__in=case.releases, status=Transaction.Status.AWAITING_APPROVAL
    )
    return [
        {"transaction_id": pk, "payload_hash": bytes(payload_hash)}
        for pk, payload_hash in rows.values_list("pk", "payload_hash")
    ]


def _take_home(case, at):
    """Home units leave the partner's account for suspense; whose they are is decided there."""
    ranges = [(int(first), int(last)) for first, last in case.ranges]
    used = uses.used_of(case.unit_type, ranges)
    if used:
        runs = [{"first": str(row.first), "last": str(row.last)} for row in used]
        raise RuleViolated(*(failure("UNITS_USED_ABROAD", **run) for run in runs))
    suspense = account_of(case.registry_id, kind="suspense")
    return [_proposed(case, "homecoming", _lines(case, suspense), at).transaction_id]


def _give_up(case, actor, at):
    """Foreign units leave the books; the home registry is told which."""
    lines = _lines(case, None)
    message = write_message(
        ends=(case.registry, case.partner),
        unit_type=case.unit_type,
        blocks=[(line.first, line.first + line.quantity - 1) for line in lines],
        about={"case": str(case.pk)},
        at=at,
    )
    made = _proposed(case, "return_home", lines, at, message=message)
    row = Transaction.objects.get(pk=made.transaction_id)
    approve(
        actor=actor,
        transaction_id=row.pk,
        payload_hash=bytes(row.payload_hash),
        at=at,
        reason=case.reason,
    )
    return [row.pk]


def _lines(case, destination):
    ranges = [(int(first), int(last)) for first, last in case.ranges]
    found = held_lines(
        digests.Pair(case.registry, case.partner, case.unit_type), ranges, destination
    )
    lines = [line for lines in found.values() for line in lines]
    if not lines:
        raise RuleViolated(failure("REPAIR_DOES_NOT_SUIT", repair=case.repair))
    return lines


def _proposed(case, code, lines, at, **attributes):
    attributes["case"] = str(case.pk)
    key = f"case-{case.pk}-repair-{at.timestamp()}"
    return propose(
        actor_of_reconciliation(), Request(code, lines, key, at, case.reason, attributes)
    )
