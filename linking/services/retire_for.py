"""Retire credits of a mechanism of this node for a use in another registry, and tell it.

They are retired once, here, by a transaction like any other. When it is completed, the acceptor is
told with the certificate of the credits and the receipt of the posting; it takes them or says why
not. Until it has refused, the retirement can not be reversed (checks.py).
"""

import logging
from dataclasses import dataclass

from django.db import transaction

from linking.errors import failure
from linking.messages.kinds import Kind
from linking.models import OutboxMessage, RetirementFor
from linking.selectors.peers import peer_of
from linking.selectors.transfers import AccountAbroad
from registry import canonical, permissions, turns
from registry.errors import Conflict, DomainError, RuleViolated
from registry.lines import Line
from registry.models import Account, Transaction
from registry.selectors import certificates
from registry.services.make_receipt import of_transaction
from registry.services.propose import Outcome, Request
from registry.services.use import use

from .crossing.settle import require_receipt
from .post_message import post_message
from .refusals import told
from .release import UNDONE
from .retire_elsewhere import Statement, take_statement
from .take_in import actor_of_links

STATE = RetirementFor.State
BATCH = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """`quantity` credits of a type from the serial `first` on, that `source` (an id) holds; `to`
    gets what they convert to, in `period` of the acceptor or in the calendar year."""

    source: int
    unit_type: int
    first: int
    quantity: int
    to: Account | AccountAbroad
    period: str = ""

    @property
    def last(self):
        return self.first + self.quantity - 1


@dataclass(frozen=True)
class Ordered:
    """A retirement for a use elsewhere, and what became of the transaction that retires."""

    retirement: RetirementFor
    outcome: Outcome


@transaction.atomic
def retire_for(*, actor, order: Order, key, at, reason="") -> Ordered:
    """Proposes to retire credits for a use elsewhere. Equal requests under one key get one row.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated (SEVERAL_BLOCKS, SAME_REGISTRY,
    REGISTRY_WITHOUT_PEER, and what refuses a retirement).
    """
    permissions.require_actor(actor)
    acceptor = order.to.registry
    if not acceptor.hosted:
        peer_of(acceptor)
    line = Line(order.source, None, order.unit_type, order.quantity, first=order.first)
    asked = {"registry": acceptor.code, "account": order.to.number, "period": order.period}
    request = Request("retire", [line], key, at, reason, {"retire_for": asked})
    outcome = use(actor, "retirement", request)
    known = RetirementFor.objects.filter(transaction_id=outcome.transaction_id).first()
    if known is not None:
        return Ordered(known, outcome)
    _require_own(order, acceptor)
    made = RetirementFor.objects.create(
        transaction_id=outcome.transaction_id,
        unit_type_id=order.unit_type,
        first=order.first,
        last=order.last,
        acceptor=acceptor,
        account=order.to.number,
        period=order.period,
    )
    return Ordered(made, outcome)


def _require_own(order, acceptor):
    """They are issued by the registry that retires them, at once, and used in another one."""
    source = Account.objects.get(pk=order.source)
    if source.registry_id == acceptor.pk:
        raise RuleViolated(failure("SAME_REGISTRY", registry=acceptor.code))
    issued = certificates.issuances(order.unit_type, order.first, order.last, limit=2)
    whole = len(issued) == 1 and issued[0].first <= order.first <= order.last <= issued[0].last
    if not whole or issued[0].unit_type.registry_id != source.registry_id:
        raise RuleViolated(failure("SEVERAL_BLOCKS"))


def tell_retirements(*, at) -> int:
    """Tells acceptors of what was retired for them; how many of the rows have moved."""
    ended = {Transaction.Status.COMPLETED, *UNDONE}
    waiting = RetirementFor.objects.filter(state=STATE.PROPOSED, transaction__status__in=ended)
    moved = 0
    for pk in waiting.order_by("id").values_list("id", flat=True)[:BATCH]:
        try:
            moved += _go_on(pk, at)
        except DomainError as error:
            logger.warning("retirement %s waits: %s", pk, ", ".join(error.codes))
    return moved


@transaction.atomic
def _go_on(pk, at):
    turns.take(f"linking_retirement_for_{pk}")
    rows = RetirementFor.objects.select_related(
        "transaction__posting", "acceptor", "unit_type__registry__jurisdiction"
    )
    row = rows.get(pk=pk)
    if row.state != STATE.PROPOSED:
        return False
    if row.transaction.status in UNDONE:
        _end(row, STATE.ABORTED, None, at)
    elif row.acceptor.hosted:
        _state_here(row, at)
    else:
        row.message = post_message(peer_of(row.acceptor), Kind.RETIRE_FOR, _body(row, at), at=at)
        row.state = STATE.TOLD
        row.save(update_fields=["state", "message"])
    return True


def _body(row, at):
    """Raises: Unavailable (ISSUANCE_NOT_SIGNED) until the credits can prove where they are from."""
    return {
        "registry": row.unit_type.registry.code,
        "unit_type": row.unit_type.code,
        "block": {
            "first": str(row.first),
            "last": str(row.last),
            "certificate": certificates.of_issuance(_issuance(row), first=row.first, last=row.last),
        },
        "for": {
            "registry": row.acceptor.code,
            "account": row.account,
            "period": row.period or None,
        },
        "posting": str(row.transaction.posting_id),
        "at": canonical.instant(row.transaction.posting.recorded_at),
        "receipt": of_transaction(row.transaction, at=at),
    }


def _issuance(row):
    (issued,) = certificates.issuances(row.unit_type_id, row.first, row.last, limit=1)
    return issued


def _state_here(row, at):
    """The acceptor is on this node too: its edge decides now, and its people afterwards."""
    issued = _issuance(row)
    posting = row.transaction.posting
    said = Statement(
        unit_type=row.unit_type,
        account=Account.objects.select_related("registry__jurisdiction").get(number=row.account),
        serial=f"{row.unit_type.code} {row.first}-{row.last}",
        vintage_from=issued.vintage_from,
        retired_on=posting.recorded_at.date(),
        evidence=f"{row.unit_type.registry.code} {posting.pk}",
        document_hash=canonical.digest({"posting": str(posting.pk)}),
        project_type=issued.activity or None,
        period=row.period,
    )
    try:
        with transaction.atomic():
            by = actor_of_links().person_id
            row.statement = take_statement(said, stated_by=by, at=at)
    except DomainError as refusal:
        _end(row, STATE.REFUSED, {"failures": told(refusal.failures)}, at)
        return
    row.state = STATE.TOLD
    row.save(update_fields=["state", "statement"])


def hear_credited(peer, _row, message, at):
    """The acceptor has taken the credits.

    Raises: Conflict (RETIREMENT_NOT_TOLD), Unavailable (RECEIPT_DOES_NOT_HOLD).
    """
    require_receipt(peer, message.body)
    _end(_told_of(peer, message), STATE.CREDITED, message.body, at)


def hear_not_credited(peer, _row, message, at):
    """The acceptor does not take them, and says why.   Raises: Conflict (RETIREMENT_NOT_TOLD)."""
    _end(_told_of(peer, message), STATE.REFUSED, message.body, at)


def _told_of(peer, message):
    """The row that an answer is about: one that waits for it."""
    digest = bytes.fromhex(message.body["retire_for"])
    sent = OutboxMessage.objects.filter(peer=peer, kind=Kind.RETIRE_FOR, pk=message.about)
    sent = sent.filter(digest=digest).first()
    row = sent and RetirementFor.objects.filter(message=sent).first()
    if row is not None:
        turns.take(f"linking_retirement_for_{row.pk}")
        row.refresh_from_db()
    if row is None or row.state != STATE.TOLD:
        raise Conflict(failure("RETIREMENT_NOT_TOLD", message=str(message.about)))
    return row


def _end(row, state, answer, at):
    row.state, row.answer, row.ended_at = state, answer, at
    row.save(update_fields=["state", "answer", "ended_at"])
