"""A second person's decision on a proposal. The last approval needed completes it."""

from django.db.transaction import on_commit
from django.utils.translation import gettext_lazy as _

from registry import permissions, ports, posting
from registry.errors import Failure, NotPermitted, unknown_transaction
from registry.models import Role, Transaction, TransactionLine, TransactionType
from registry.posting import Outcome, Verdict
from registry.selectors.batches import require_alone

from .delays import Ends, ending

# What a person is ready to wait for: a posting of this many lines takes about a second.
MOST_LINES_AT_ONCE = 5_000


def approve(*, actor, transaction_id, payload_hash, at, reason="") -> Outcome:
    """Approves exactly the payload with this hash.

    The last approval needed completes the transaction, or begins its delay.

    Raises: NotPermitted, NotFound, Conflict, RuleViolated.
    """
    transaction, kind = _require_decider(actor, transaction_id)
    verdict = Verdict(payload_hash, True, reason, at, due_at=_due_at(transaction, kind, at))
    return _approved(actor, transaction_id, verdict)


def approve_now(*, actor, transaction_id, payload_hash, at, reason="") -> Outcome:
    """As `approve`, where somebody waits for the answer: what has many lines is due at once, and
    completed by the workers that complete what is due.

    Raises: NotPermitted, NotFound, Conflict, RuleViolated.
    """
    transaction, kind = _require_decider(actor, transaction_id)
    due_at = _due_at(transaction, kind, at)
    if due_at is None and _has_many_lines(transaction):
        due_at = at
    return _approved(actor, transaction_id, Verdict(payload_hash, True, reason, at, due_at=due_at))


def _approved(actor, transaction_id, verdict):
    outcome = posting.decide(actor, transaction_id, verdict)
    if verdict.due_at is not None and verdict.due_at <= verdict.at:
        on_commit(ports.tell_due, robust=True)
    return outcome


def reject(*, actor, transaction_id, payload_hash, at, reason="") -> Outcome:
    """Rejects the proposal; its units are free again.

    Raises: NotPermitted, NotFound, Conflict.
    """
    _require_decider(actor, transaction_id)
    return posting.decide(actor, transaction_id, Verdict(payload_hash, False, reason, at))


def _require_decider(actor, transaction_id):
    permissions.require_actor(actor)
    found = Transaction.objects.filter(pk=transaction_id).first()
    if found is None:
        raise unknown_transaction(transaction_id)
    permissions.require_approver(actor, found)
    require_alone(found.pk)
    kind = TransactionType.objects.filter(pk=found.type_id).values().get()
    require_approving_role(actor, found.registry_id, kind["approver_roles"])
    return found, kind


def require_approving_role(actor, registry_id, roles) -> None:
    """One of the actor's deciding roles, or else representing, is among those that a type lets
    approve.

    Raises: NotPermitted (NOT_AN_APPROVER).
    """
    held = actor.roles_in(registry_id) & permissions.DECIDERS or {Role.REPRESENTATIVE}
    if not held & {*roles}:
        raise NotPermitted(
            Failure(
                "NOT_AN_APPROVER",
                _("Your role does not approve transactions of this type."),
                _("See which roles the transaction type lets approve."),
                data={"roles": sorted(roles)},
            )
        )


def _has_many_lines(transaction):
    # Lines are numbered from 1 without a gap.
    later = TransactionLine.objects.filter(number__gt=MOST_LINES_AT_ONCE)
    return later.filter(transaction_id=transaction.pk).exists()


def _due_at(transaction, kind, at):
    """The end of the delay that would begin now; None where nothing has to wait."""
    if kind["delay"] == "none" and transaction.execute_at is None:
        return None
    lines = TransactionLine.objects.filter(transaction_id=transaction.pk)
    end = ending(
        kind,
        lines=[Ends(line.source_id, line.destination_id) for line in lines],
        registry_id=transaction.registry_id,
        execute_at=transaction.execute_at,
        at=at,
    )
    return end and end.at
