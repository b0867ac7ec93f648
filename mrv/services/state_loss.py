"""State that units of a project stand for nothing any more, and settle it.

A reversal is stated by a verifier, an invalidation by an administrator. Another administrator
settles it: a proposal cancels what the buffer holds of the project, or what is still held of the
invalid issuance; the rest is owed.
"""

from dataclasses import dataclass

from django.db import transaction

from mrv.errors import failure
from mrv.models import CreditLoss, Verifier
from mrv.projects import buffer
from mrv.selectors import credits, projects
from registry import permissions, turns
from registry.errors import Conflict, NotPermitted, RuleViolated
from registry.lines import Line
from registry.models import Role, Transaction
from registry.services.cancel import cancel

from .request_issuance import actor_of_projects
from .verify_project import Opinion, require_text, require_verifier

KIND = CreditLoss.Kind
STATE = CreditLoss.State


@dataclass(frozen=True)
class Reversal:
    """How many tonnes were released again, and what the verifier has found."""

    verifier: Verifier
    units: int
    evidence: str


@transaction.atomic
def state_reversal(*, actor, code, said: Reversal, at) -> CreditLoss:
    """A verifier states how much of what a project has removed is in the air again.

    Raises: NotPermitted (NOT_A_MEMBER), NotFound, InvalidInput, RuleViolated (LOSS_ABOVE_ISSUED,
    what forbids the verifier).
    """
    found = projects.find(actor, code)
    require_verifier(actor, found, Opinion(said.verifier, False, said.evidence), at)
    turns.take(f"mrv_project_{found.pk}")
    left = credits.issued(found) - credits.lost(project=found)
    if not 1 <= said.units <= left:
        raise RuleViolated(failure("LOSS_ABOVE_ISSUED", left=str(left)))
    return CreditLoss.objects.create(
        project=found,
        kind=KIND.REVERSAL,
        verifier=said.verifier,
        units=said.units,
        evidence=said.evidence,
        stated_by_id=actor.person_id,
        stated_at=at,
    )


@transaction.atomic
def state_invalidation(*, actor, number, evidence, at) -> CreditLoss:
    """An administrator states that an issuance is invalid, in whole.

    Raises: NotPermitted, NotFound (UNKNOWN_ISSUANCE_REQUEST), InvalidInput (EVIDENCE_NEEDED),
    RuleViolated (REQUEST_NOT_ISSUED, LOSS_ABOVE_ISSUED).
    """
    request = credits.find_request(actor, number)
    project = projects.find(actor, request.report.project.code)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, project.account.registry_id)
    require_text(evidence)
    turns.take(f"mrv_project_{project.pk}")
    if request.transaction.status != Transaction.Status.COMPLETED:
        raise RuleViolated(failure("REQUEST_NOT_ISSUED"))
    left = min(
        request.units - credits.lost(request=request),
        credits.issued(project) - credits.lost(project=project),
    )
    if left < 1:
        raise RuleViolated(failure("LOSS_ABOVE_ISSUED", left="0"))
    return CreditLoss.objects.create(
        project=project,
        kind=KIND.INVALIDATION,
        request=request,
        units=left,
        evidence=evidence,
        stated_by_id=actor.person_id,
        stated_at=at,
    )


@transaction.atomic
def settle_loss(*, actor, number, at) -> CreditLoss:
    """Proposes to cancel what covers the loss. Said again after that proposal was rejected, it is
    proposed anew.

    Raises: NotPermitted (OWN_LOSS), NotFound, Conflict (LOSS_IN_ANOTHER_STATE), RuleViolated.
    """
    loss = _for_decision(actor, number)
    again = loss.transaction is not None and loss.transaction.status in credits.DEAD
    if loss.state != STATE.STATED and not again:
        raise Conflict(failure("LOSS_IN_ANOTHER_STATE", state=loss.state))
    lines = _covering(loss)
    loss.cancelled, loss.transaction_id = sum(line.quantity for line in lines), None
    if lines:
        proposed = cancel(
            actor=actor_of_projects(),
            lines=lines,
            key=f"credit-loss-{loss.pk}-{at.timestamp()}",
            at=at,
            reason=f"{loss.project.code}: {loss.kind} {loss.pk}",
            purpose="cancel_mandatorily",
        )
        loss.transaction_id = proposed.transaction_id
    return _decide(loss, STATE.SETTLED, actor, at)


@transaction.atomic
def refuse_loss(*, actor, number, at) -> CreditLoss:
    """What was stated is not taken to be so: nothing is lost.

    Raises: NotPermitted (OWN_LOSS), NotFound, Conflict (LOSS_IN_ANOTHER_STATE).
    """
    loss = _for_decision(actor, number)
    if loss.state != STATE.STATED:
        raise Conflict(failure("LOSS_IN_ANOTHER_STATE", state=loss.state))
    return _decide(loss, STATE.REFUSED, actor, at)


def _for_decision(actor, number):
    loss = credits.find_loss(actor, number)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, loss.project.account.registry_id)
    if loss.stated_by_id == actor.person_id:
        raise NotPermitted(failure("OWN_LOSS"))
    turns.take(f"mrv_project_{loss.project_id}")
    loss.refresh_from_db()
    return loss


def _covering(loss):
    """The units that are cancelled: from the lowest serial up, and no more than are lost."""
    if loss.kind == KIND.REVERSAL:
        blocks = credits.buffered(loss.project)
    else:
        blocks = credits.still_held(loss.request)
    found = [(row.account_id, row.first, row.last - row.first + 1) for row in blocks]
    left, _owed = buffer.cover(
        loss.units - credits.replaced(loss), in_buffer=sum(units for _to, _first, units in found)
    )
    lines = []
    for account, first, units in found:
        taken = min(units, left)
        if taken:
            lines.append(Line(account, None, loss.project.unit_type_id, taken, first=first))
        left -= taken
    return lines


def _decide(loss, state, actor, at):
    loss.state, loss.decided_by_id, loss.decided_at = state, actor.person_id, at
    loss.save(update_fields=["state", "cancelled", "transaction", "decided_by", "decided_at"])
    return loss
