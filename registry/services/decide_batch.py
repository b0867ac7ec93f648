"""What is said of a batch as one: approved, rejected, withdrawn, cancelled, carried out, ended."""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions, posting, turns
from registry.errors import Conflict, DomainError, Failure
from registry.models import (
    Approval,
    Batch,
    BatchDecision,
    Transaction,
    TransactionLine,
    TransactionType,
)
from registry.posting import Outcome, Saying
from registry.selectors import batches

from .approve import require_approving_role
from .delays import Ends, ending
from .withdraw import not_the_proposer

Status = Transaction.Status


@dataclass(frozen=True)
class Answer:
    """What became of one transaction of a batch: an outcome, or the error that refuses it."""

    transaction_id: int
    result: Outcome | DomainError | None


@transaction.atomic
def decide_batch(*, actor, batch_id, approved, payload_hash, at, reason="") -> list[Answer]:
    """Approves or rejects all transactions of a batch that wait, by its hash.

    With the last approval that is needed they are completed, or begin one delay, the longest of
    them. Where each is on its own, what is refused then goes on waiting, and the same person may
    say the same again for it.

    Raises: NotPermitted, NotFound, Conflict, RuleViolated.
    """
    batch = _locked(actor, batch_id)
    members = _members(batch, Status.AWAITING_APPROVAL)
    _require_decider(actor, members or _members(batch))
    if not members:
        raise ended(batch)
    said = Approval.objects.filter(transaction__in=members, person_id=actor.person_id)
    done = set(said.values_list("transaction_id", flat=True))
    left = [member for member in members if member.pk not in done]
    earlier = BatchDecision.objects.filter(batch=batch, person_id=actor.person_id).first()
    if earlier is None or not left or earlier.approved != approved:
        with posting.explained():
            BatchDecision.objects.create(
                batch=batch,
                person_id=actor.person_id,
                api_key_id=actor.api_key_id,
                approved=approved,
                payload_hash=payload_hash,
                reason=reason,
                at=at,
            )
    saying = Saying(
        "decide",
        Status.COMPLETED if approved else Status.REJECTED,
        reason,
        at,
        _due_at(members, at) if approved else None,
    )
    return _say(actor, batch, left, saying)


@transaction.atomic
def withdraw_batch(*, actor, batch_id, reason="") -> list[Answer]:
    """The proposer takes back what waits for approval.

    Raises: NotPermitted, NotFound, Conflict.
    """
    batch = _locked(actor, batch_id)
    if batch.proposer_id != actor.person_id:
        raise not_the_proposer()
    members = _members(batch, Status.AWAITING_APPROVAL)
    if not members:
        raise ended(batch)
    return _say(actor, batch, members, Saying("withdraw", reason=reason))


@transaction.atomic
def cancel_batch(*, actor, batch_id, reason="") -> list[Answer]:
    """Stops what is delayed, as its proposer or whoever may decide on it may.

    Raises: NotPermitted, NotFound, Conflict.
    """
    batch = _locked(actor, batch_id)
    members = _members(batch, Status.DELAYED)
    if batch.proposer_id != actor.person_id:
        _require_decider(actor, members or _members(batch))
    if not members:
        raise ended(batch)
    return _say(actor, batch, members, Saying("end", Status.MANUALLY_CANCELLED, reason))


@transaction.atomic
def execute_batch(*, actor, batch_id) -> bool | None:
    """Completes all of a batch whose delay has ended, or nothing of it; for what executes what
    is due. None where another worker is at it, or it is not due.

    Raises: RuleViolated, with what forbids any of them.
    """
    if not turns.take_if_free(_turn(batch_id)):
        return None
    batch = Batch.objects.get(pk=batch_id)
    members = _members(batch, Status.DELAYED)
    if not members:
        return None
    answers = _say(actor, batch, members, Saying("execute"))
    if any(answer.result is None for answer in answers):
        transaction.set_rollback(True)
        return None
    return True


@transaction.atomic
def end_batch(*, actor, batch_id, status, reason) -> bool | None:
    """Ends what waits of a batch: failed (-1), once all of it is due, or expired (5), once one of
    it has. What has no expiry of its own is taken back with the others. None where nothing waits.
    """
    turns.take(_turn(batch_id))
    batch = Batch.objects.get(pk=batch_id)
    members = _members(batch, Status.AWAITING_APPROVAL, Status.DELAYED)
    if not members:
        return None
    ended = _say(actor, batch, members, Saying("end", status, reason))
    left = [m for m, answer in zip(members, ended, strict=True) if answer.result is None]
    if len(left) == len(members):
        return None
    waiting = [m for m in left if m.status == Status.AWAITING_APPROVAL]
    delayed = [m for m in left if m.status == Status.DELAYED]
    _say(actor, batch, waiting, Saying("withdraw", reason=reason))
    _say(actor, batch, delayed, Saying("end", Status.MANUALLY_CANCELLED, reason))
    return True


def ended(batch) -> Conflict:
    """The refusal of what is said of a batch of which nothing waits any more."""
    return Conflict(
        Failure(
            "BATCH_DOES_NOT_WAIT",
            _("Nothing of the batch waits for this."),
            _("Read the batch again for what has become of it."),
            data={"batch": str(batch.pk)},
        )
    )


def _locked(actor, batch_id):
    """The batch, if the actor may read it; whoever says something of it comes in turn."""
    found = batches.find(actor, batch_id)
    turns.take(_turn(batch_id))
    return found


def _turn(batch_id):
    return f"batch {batch_id}"


def _members(batch, *statuses):
    """Its transactions in these states (in any, without them), in the order of their numbers."""
    rows = Transaction.objects.filter(batch_item__batch=batch).order_by("pk")
    if statuses:
        rows = rows.filter(status__in=statuses)
    return list(rows)


def _require_decider(actor, members):
    """Raises: NotPermitted."""
    permissions.require_actor(actor)
    for registry_id in {member.registry_id for member in members}:
        if not actor.roles_in(registry_id) & permissions.DECIDERS:
            numbers = [member.pk for member in members if member.registry_id == registry_id]
            ends = TransactionLine.objects.filter(transaction_id__in=numbers)
            named = ends.values_list("source_id", "destination_id").distinct()
            accounts = {source or destination for source, destination in named}
            permissions.require_right(actor, permissions.APPROVE, accounts)
    kinds = TransactionType.objects.in_bulk({member.type_id for member in members})
    for registry_id, type_id in {(member.registry_id, member.type_id) for member in members}:
        require_approving_role(actor, registry_id, kinds[type_id].approver_roles)


def _due_at(members, at):
    """The end of the longest delay that would begin now; None where nothing has to wait."""
    kinds = {
        kind["id"]: kind
        for kind in TransactionType.objects.filter(
            pk__in={member.type_id for member in members}
        ).values()
    }
    ends = []
    for place in {(member.type_id, member.registry_id) for member in members}:
        type_id, registry_id = place
        same = [m for m in members if (m.type_id, m.registry_id) == place]
        moments = [member.execute_at for member in same if member.execute_at is not None]
        if kinds[type_id]["delay"] == "none" and not moments:
            continue
        lines = TransactionLine.objects.filter(transaction_id__in=[member.pk for member in same])
        end = ending(
            kinds[type_id],
            lines=[Ends(*pair) for pair in lines.values_list("source_id", "destination_id")],
            registry_id=registry_id,
            execute_at=max(moments, default=None),
            at=at,
        )
        ends.extend([end.at] if end else [])
    return max(ends, default=None)


def _say(actor, batch, members, saying):
    """Says one thing of each transaction. Where it is all or nothing, one refusal refuses all.

    Raises: RuleViolated, Conflict.
    """
    hashes = [bytes(member.payload_hash) for member in members]
    numbers = [member.pk for member in members]
    results = posting.say_each(actor, numbers, hashes, saying) if members else []
    refusals = [result for result in results if isinstance(result, DomainError)]
    if refusals and batch.mode == Batch.Mode.ALL_OR_NOTHING:
        raise type(refusals[0])(
            *(
                replace(failure, line=None, data={"transaction": str(number), **failure.data})
                for number, result in zip(numbers, results, strict=True)
                if isinstance(result, DomainError)
                for failure in result.failures
            )
        )
    return [Answer(*pair) for pair in zip(numbers, results, strict=True)]
