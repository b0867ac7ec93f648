"""Bring a transfer over a link to its end, once its sender's transaction has ended.

When that is completed, the units have left, and the destination takes them in: into the account
that was named, or into suspense if that was closed meanwhile. When it will never be completed,
what the limits had lost is given back. Any number of workers may do this at once.
"""

import logging

from django.db import transaction

from linking.errors import failure
from linking.models import Transfer
from registry import turns
from registry.errors import DomainError, RuleViolated
from registry.lines import Line
from registry.models import Holding, Transaction
from registry.services.people import system_actor
from registry.services.propose import Request, propose

from .linked_issuance import issuance, lines_of
from .local_messages import write_message
from .plan import account_of, cut
from .release import UNDONE, release

METHOD = Transfer.Method
STATE = Transfer.State
BATCH = 500
# Each of them costs planning; what only conversions need is read there.
WITH = ("sender", "destination__registry", "unit_type")

logger = logging.getLogger(__name__)


def carry_due(*, at) -> int:
    """Brings every transfer to its end whose sender's transaction has ended; how many were."""
    ended = {Transaction.Status.COMPLETED, *UNDONE}
    waiting = Transfer.objects.filter(
        state=STATE.ACCEPTED, source_transaction__status__in=ended
    ).order_by("id")
    done = 0
    for pk in waiting.values_list("id", flat=True)[:BATCH]:
        try:
            done += carry(pk, at=at).state != STATE.ACCEPTED
        except DomainError as error:
            logger.error("transfer %s waits at its destination: %s", pk, ", ".join(error.codes))
    return done


@transaction.atomic
def carry(transfer_id, *, at) -> Transfer:
    """The transfer, at its end if its sender's transaction is.

    Raises: RuleViolated where neither the account nor the registry's suspense account takes the
    units in.
    """
    turns.take(f"linking_transfer_{transfer_id}")
    carried = Transfer.objects.select_related(*WITH).get(pk=transfer_id)
    sent = Transaction.objects.filter(pk=carried.source_transaction_id)
    status, posting_id = sent.values_list("status", "posting_id").get()
    if carried.state != STATE.ACCEPTED:
        return carried
    if status in UNDONE:
        for part in carried.parts.select_related("decision"):
            release(part.decision, at)
        carried.state = STATE.ABORTED
    elif status == Transaction.Status.COMPLETED:
        carried.destination_transaction_id = _take_in(carried, posting_id, at)
        carried.state = STATE.COMPLETED
    else:
        return carried
    carried.ended_at = at
    carried.save(update_fields=["state", "destination_transaction_id", "ended_at"])
    return carried


def _take_in(carried, posting_id, at):
    """The transaction by which the destination has the units."""
    try:
        with transaction.atomic():
            return _propose(carried, posting_id, carried.destination_id, at)
    except RuleViolated as error:
        logger.warning("transfer %s goes into suspense: %s", carried.pk, ", ".join(error.codes))
        suspense = account_of(carried.destination.registry_id, kind="suspense")
        return _propose(carried, posting_id, suspense, at)


def _propose(carried, posting_id, account, at):
    actor = system_actor(username="links", display_name="Links")
    attributes = {
        "transfer": {
            "from": carried.sender.code,
            "transaction": str(carried.source_transaction_id),
        }
    }
    if carried.method in (METHOD.ISSUE_AND_CANCEL, METHOD.ESCROW_MIRROR):
        lines, issuances = _issued(carried, account)
        attributes["issuances"] = issuances
        code = "linked_issuance"
    elif carried.method == METHOD.REPATRIATION:
        lines, code = _come_home(carried, account), "homecoming"
    else:
        lines, attributes["message"] = _acquired(carried, posting_id, account, at)
        code = "acquisition"
    key = f"transfer-{carried.pk}"
    return propose(actor, Request(code, lines, key, at, "", attributes)).transaction_id


def _acquired(carried, posting_id, account, at):
    """Lines that take in what the sender's posting brought to the partner's account."""
    blocks = _brought(carried, posting_id)
    message = write_message(
        ends=(carried.sender, carried.destination.registry),
        unit_type=carried.unit_type,
        blocks=blocks,
        about={"transfer": str(carried.pk)},
        at=at,
    )
    withheld = sum(carried.parts.values_list("withheld", flat=True))
    pieces = [(account, *block) for block in blocks]
    if withheld:
        pieces = cut(blocks, withheld, account, account_of(_there(carried), kind="buffer"))
    lines = [
        Line(None, to, carried.unit_type_id, last - first + 1, first=first)
        for to, first, last in pieces
    ]
    return lines, message


def _come_home(carried, account):
    """Lines by which the partner's account gives up the units that its registry sent home."""
    partner = account_of(_there(carried), kind="partner", stands_for_id=carried.sender_id)
    sent = Transaction.objects.get(pk=carried.source_transaction_id).lines.values_list(
        "first", "quantity"
    )
    return [
        Line(partner, account, carried.unit_type_id, quantity, first=first)
        for first, quantity in sent.order_by("number")
    ]


def _issued(carried, account):
    """Lines and issuances of what converted or mirrored units become, by vintage."""
    edge = carried.edge
    code = edge.document["converts_to"][carried.unit_type.code]
    unit_type = carried.destination.registry.unit_types.filter(code=code).first()
    if unit_type is None:
        raise RuleViolated(failure("UNKNOWN_UNIT_TYPE", unit_type=code))
    parts = carried.parts.select_related("decision__edge__version__agreement")
    return lines_of(
        [
            issuance(
                unit_type,
                account,
                part.decision,
                vintage_from=part.vintage_from,
                withheld=part.withheld,
            )
            for part in parts.order_by("id")
        ]
    )


def _brought(carried, posting_id):
    """(first, last) of what the sender's posting has brought to the partner's account."""
    held = Holding.objects.filter(
        opened_by_id=posting_id,
        account__stands_for_id=carried.destination.registry_id,
    )
    return list(held.order_by("first").values_list("first", "last"))


def _there(carried):
    return carried.destination.registry_id
