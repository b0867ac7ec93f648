"""Send units over a link to an account of another registry on this node.

One transfer has two halves. The acceptor decides first, and what its limits lose is taken at
once; the sender's transaction, with the approvals that its type asks for, is the point of no
return; then the acceptor takes the units in (carry.py). Until approval both know of it, and
nothing is held twice.
"""

from dataclasses import dataclass, replace

from django.db import transaction

from linking.models import Transfer, TransferPart
from registry import permissions
from registry.lines import require_form
from registry.models import Transaction
from registry.services.propose import Outcome, Request, prepare, propose, replay

from .accept import accept
from .carry import carry
from .local_messages import write_message
from .plan import Order, Plan, plan

METHOD = Transfer.Method
FIRST = "external_transfer"


@dataclass(frozen=True)
class Sent:
    """A transfer, and what became of the sender's transaction."""

    transfer: Transfer
    outcome: Outcome


def transfer(*, actor, order: Order, key, at, reason="") -> Sent:
    """Proposes one transfer over a link; completes it where its type asks for no approval.

    All that is ordered is accepted, or nothing. Equal requests under one key get the first
    answer.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    permissions.require_actor(actor)
    said = [order.line()]
    require_form(said)
    # Whoever may not send from this account is not told what it holds, nor what limits leave.
    prepare(actor, Request(FIRST, [replace(said[0], destination=None)], key, at))
    earlier = _earlier(actor, said, key, at, reason)
    if earlier is not None:
        return earlier
    with transaction.atomic():
        planned = plan(order, at)
        request = _request(actor, planned, said, key, at, reason)
        accepted = [
            accept(part.wanted, at=at, whole=True, known=planned.known) for part in planned.parts
        ]
        kept = sum(each.decision.remainder.get("source_reserve", 0) for each in accepted)
        if kept and planned.method == METHOD.ISSUE_AND_CANCEL:
            request = replace(request, lines=planned.lines(kept))
        outcome = propose(actor, request)
        made = _write(planned, accepted, outcome, at)
        if outcome.status == Transaction.Status.COMPLETED:
            made = carry(made.pk, at=at)
    return Sent(made, outcome)


def _earlier(actor, said, key, at, reason):
    told = Transaction.objects.filter(proposer_id=actor.person_id, key=key).first()
    found = told and Transfer.objects.filter(source_transaction=told).first()
    if found is None:
        return None
    request = Request(told.type.code, said, key, at, reason, told.attributes, said=said)
    return Sent(found, replay(actor, request))


def _request(actor, planned: Plan, said, key, at, reason):
    attributes = {
        "transfer": {
            "to": planned.destination.number,
            "registry": planned.destination.registry.code,
        }
    }
    if planned.method == METHOD.REPATRIATION:
        attributes["message"] = _announce(planned, actor, key, at)
    return Request(planned.type_code, planned.lines(), key, at, reason, attributes, said=said)


def _announce(planned, actor, key, at):
    """Keeps what the sender says of the units that go home; the digest of the message."""
    return write_message(
        ends=(planned.source.registry, planned.destination.registry),
        unit_type=planned.unit_type,
        blocks=[(block.first, block.last) for part in planned.parts for block in part.blocks],
        about={"proposer": str(actor.person_id), "key": key},
        at=at,
    )


def _write(planned, accepted, outcome, at):
    made = Transfer.objects.create(
        method=planned.method,
        edge=planned.edge,
        sender=planned.source.registry,
        destination=planned.destination,
        unit_type_id=planned.order.unit_type,
        quantity=planned.order.quantity,
        source_transaction_id=outcome.transaction_id,
        accepted_at=at,
    )
    TransferPart.objects.bulk_create(
        TransferPart(
            transfer=made,
            decision=each.stored,
            vintage_from=part.vintage_from,
            quantity=part.wanted.request.quantity,
            withheld=each.decision.withheld,
            credited=each.decision.credited,
        )
        for part, each in zip(planned.parts, accepted, strict=True)
    )
    return made
