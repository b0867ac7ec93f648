"""Send units over a link to an account of another registry, here or on another node.

One transfer has two halves. Between registries of this node the acceptor decides first, and what
its limits lose is taken at once; the sender's transaction, with the approvals that its type asks
for, is the point of no return; then the acceptor takes the units in (carry.py). Until approval both
know of it, and nothing is held twice.

Another node is asked when the sender's transaction is approved and due (crossing/): its quotas are
not held for what people still think about.
"""

import uuid
from dataclasses import dataclass, replace

from django.db import transaction

from linking.decide import State, decide
from linking.errors import refused_decision
from linking.models import Transfer, TransferPart
from linking.route import route
from linking.selectors.peers import peer_of
from registry import permissions
from registry.keys.node import node_name
from registry.lines import require_form
from registry.models import Transaction
from registry.services.propose import AWAITS, Outcome, Request, prepare, propose, replay

from .accept import accept_all, asks_people
from .carry import carry
from .local_messages import write_message
from .plan import Order, Plan, plan

METHOD = Transfer.Method
NAMES = uuid.UUID("5b0f2a1c-6f0e-4c55-9f57-3d1d2f3a7e10")
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
    require_sender(actor, order, key, at)
    said = [order.line()]
    earlier = _earlier(actor, said, key, at, reason)
    if earlier is not None:
        return earlier
    with transaction.atomic():
        planned = plan(order, at)
        request = _request(actor, planned, said, key, at, reason)
        if planned.destination is None:
            return _set_out(actor, planned, request, at)
        wanted = [part.wanted for part in planned.parts]
        accepted = accept_all(wanted, at=at, known=planned.known)
        request = _with_reserve(planned, request, [each.decision for each in accepted])
        if asks_people(accepted):
            awaits = {**request.attributes, AWAITS: "acceptance"}
            request = replace(request, attributes=awaits)
        outcome = propose(actor, request)
        made = _write(planned, accepted, outcome, at)
        if outcome.status == Transaction.Status.COMPLETED:
            made = carry(made.pk, at=at)
    return Sent(made, outcome)


def require_sender(actor, order: Order, key, at) -> None:
    """Whoever may not send from this account is not told what it holds, nor what limits leave.

    Raises: InvalidInput, NotPermitted.
    """
    permissions.require_actor(actor)
    line = order.line()
    require_form([line])
    prepare(actor, Request(FIRST, [replace(line, destination=None)], key, at))


def _set_out(actor, planned, request, at):
    """The half of a transfer to another node that this one keeps; nothing is asked there yet.

    Raises: RuleViolated where the link would refuse the units whatever the other node finds.
    """
    decisions = [_foreseen(planned, part, at) for part in planned.parts]
    request = _with_reserve(planned, request, decisions)
    outcome = propose(actor, request)
    made = Transfer.objects.create(
        uuid=request.attributes["transfer"]["id"],
        role=Transfer.Role.SOURCE,
        state=Transfer.State.PROPOSED,
        peer=peer_of(planned.receiver),
        method=planned.method,
        edge=planned.edge,
        sender=planned.source.registry,
        receiver=planned.receiver,
        account_abroad=planned.order.abroad.number,
        unit_type_id=planned.order.unit_type,
        quantity=planned.order.quantity,
        period=planned.order.period,
        source_transaction_id=outcome.transaction_id,
    )
    return Sent(made, outcome)


def _foreseen(planned, part, at):
    """What the link says of units, but for its quotas, which the acceptor's node counts."""
    wanted = part.wanted
    way = route(planned.known.graph, wanted.unit, wanted.source, wanted.to, at)
    if way.edge is not None:
        way = replace(way, edge=replace(way.edge, quotas=()))
    decision = decide(way, wanted.request, State(), at)
    if decision.rejected or not decision.accepted:
        raise refused_decision(decision)
    return decision


def _with_reserve(planned, request, decisions):
    """The request, by which converted units leave what the sender's reserve keeps of them."""
    kept = sum(decision.remainder.get("source_reserve", 0) for decision in decisions)
    if not kept or planned.method != METHOD.ISSUE_AND_CANCEL:
        return request
    return replace(request, lines=planned.lines(kept))


def _earlier(actor, said, key, at, reason):
    told = Transaction.objects.filter(proposer_id=actor.person_id, key=key).first()
    found = told and Transfer.objects.filter(source_transaction=told).first()
    if found is None:
        return None
    request = Request(told.type.code, said, key, at, reason, told.attributes, said=said)
    return Sent(found, replay(actor, request))


def _request(actor, planned: Plan, said, key, at, reason):
    abroad = planned.order.abroad
    told = {
        "to": abroad.number if abroad else planned.destination.number,
        "registry": planned.receiver.code,
    }
    if planned.order.onward:
        onward = planned.order.onward
        told["onward"] = {"to": onward.number, "registry": onward.registry.code}
    attributes = {"transfer": told}
    if abroad:
        # The same for a repeated request, and for no other one.
        told["id"] = str(uuid.uuid5(NAMES, f"{node_name()} {actor.person_id} {key}"))
        attributes[AWAITS] = "acceptance"
    if planned.method == METHOD.REPATRIATION:
        attributes["message"] = _announce(planned, actor, key, at)
    return Request(planned.type_code, planned.lines(), key, at, reason, attributes, said=said)


def _announce(planned, actor, key, at):
    """Keeps what the sender says of the units that go home; the digest of the message."""
    return write_message(
        ends=(planned.source.registry, planned.receiver),
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
        receiver=planned.receiver,
        destination=planned.destination,
        unit_type_id=planned.order.unit_type,
        quantity=planned.order.quantity,
        period=planned.order.period,
        source_transaction_id=outcome.transaction_id,
        accepted_at=at,
        asks_people=asks_people(accepted),
    )
    write_parts(made, planned.parts, accepted)
    return made


def write_parts(made, parts, accepted) -> None:
    """Keeps by which decision each part of a transfer goes."""
    TransferPart.objects.bulk_create(
        TransferPart(
            transfer=made,
            decision=each.stored,
            vintage_from=part.vintage_from,
            quantity=part.wanted.request.quantity,
            withheld=each.decision.withheld,
            credited=each.decision.credited,
        )
        for part, each in zip(parts, accepted, strict=True)
    )
