"""Send units through their home to an account of a third registry, by one order.

Their home's books have one place abroad for each serial, so they go home first: the order is a
transfer to an account there, which says where they go on to. The node that keeps their home
proposes the second transfer by itself (go_onward.py); the approvals and rules of home hold for it
as for any other. Where it is refused, the units stay in the account at home.
"""

from dataclasses import replace

from django.db import transaction

from linking.errors import failure
from linking.models import OnwardTransfer, Transfer
from linking.ranges import merged
from linking.selectors.transfers import AccountAbroad
from registry.errors import RuleViolated, from_gate
from registry.models import Account, TransactionLine, UnitType

from .plan import Order, plan, towards
from .transfer import Sent, require_sender, transfer


@transaction.atomic
def send_onward(
    *, actor, order: Order, through: Account | AccountAbroad, key, at, reason=""
) -> Sent:
    """Orders both ways; `order` names the last account, `through` one at the units' home.

    Equal requests under one key get the first answer.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated (NOT_ONWARD, THROUGH_NOT_HOME,
    SEVERAL_RUNS, and what refuses either way now).
    """
    require_sender(actor, order, key, at)
    to = order.abroad or Account.objects.select_related("registry").get(pk=order.destination)
    onward = AccountAbroad(to.registry, to.number)
    ends = {"abroad": None, **towards(through)}
    first = replace(order, **ends, period="", onward=onward)
    earlier = Transfer.objects.filter(
        source_transaction__proposer_id=actor.person_id, source_transaction__key=key
    ).first()
    if earlier is not None:
        _require_same(earlier, first, through)
        return transfer(actor=actor, order=first, key=key, at=at, reason=reason)
    _require_way(order, through, at)
    sent = transfer(actor=actor, order=first, key=key, at=at, reason=reason)
    _require_one_run(sent)
    OnwardTransfer.objects.create(
        uuid=sent.transfer.uuid,
        role=sent.transfer.role,
        peer=sent.transfer.peer,
        registry=onward.registry,
        account=onward.number,
        period=order.period,
        ordered_at=at,
    )
    return sent


def _require_same(earlier, first, through):
    """The same accounts as in the first request under the key.

    Raises: Conflict (IDEMPOTENCY_KEY_REUSED).
    """
    planned = OnwardTransfer.objects.filter(uuid=earlier.uuid, role=earlier.role).first()
    said = planned and (planned.account, earlier.destination_number)
    if said != (first.onward.number, through.number):
        told = {"code": "IDEMPOTENCY_KEY_REUSED"}
        raise from_gate([told | {"transaction": str(earlier.source_transaction_id)}])


def _require_way(order, through, at):
    """They can not go straight, and both ways are open now as far as this node knows.

    Raises: RuleViolated.
    """
    try:
        plan(order, at)
    except RuleViolated as refused:
        if refused.codes != ["ONWARD_THROUGH_HOME"]:
            raise
    else:
        raise RuleViolated(failure("NOT_ONWARD"))
    home = UnitType.objects.select_related("registry").get(pk=order.unit_type).registry
    if through.registry.pk != home.pk:
        raise RuleViolated(failure("THROUGH_NOT_HOME", home=home.code))


def _require_one_run(sent):
    """The second transfer names its serials, and an order names one run of them.

    Raises: RuleViolated (SEVERAL_RUNS).
    """
    lines = TransactionLine.objects.filter(transaction_id=sent.transfer.source_transaction_id)
    ends = lines.values_list("first", "quantity")
    runs = merged((first, first + quantity - 1) for first, quantity in ends)
    if len(runs) > 1:
        told = [[str(first), str(last)] for first, last in runs]
        raise RuleViolated(failure("SEVERAL_RUNS", runs=told))
