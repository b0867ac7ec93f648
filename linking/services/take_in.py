"""Take units in that another registry has sent: into the account that was named, or into suspense.

What came, and by which message, is the caller's to say: on one node the sender's posting says it,
between nodes the sender's signed message.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from linking.errors import failure
from linking.models import Transfer
from linking.selectors import carrying
from registry.errors import RuleViolated
from registry.lines import Line
from registry.services.people import system_actor
from registry.services.propose import Request, propose

from .linked_issuance import issuance, lines_of
from .plan import account_of, cut

METHOD = Transfer.Method

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """(first, last) of each block that has left the sender; `transaction` is its name there.

    `announce` keeps the message that the units come by and returns its digest as hexadecimal
    text; it is called only where the posting rests on one.
    """

    blocks: list
    transaction: str
    announce: Callable[[], str]


def actor_of_links():
    """Whose acts the acts of links are."""
    return system_actor(username="links", display_name="Links")


def take_in(carried: Transfer, sent: Sent, at, *, into_suspense=False) -> int:
    """The transaction by which the destination has the units, in the account that was named or in
    suspense.

    Raises: RuleViolated where neither the account nor the registry's suspense account takes the
    units in.
    """
    try:
        if not into_suspense:
            with transaction.atomic():
                return _propose(carried, sent, carried.destination_id, at)
        logger.warning("transfer %s goes into suspense: its link has stopped", carried.pk)
    except RuleViolated as error:
        logger.warning("transfer %s goes into suspense: %s", carried.pk, ", ".join(error.codes))
    suspense = account_of(carried.receiver_id, kind="suspense")
    return _propose(carried, sent, suspense, at)


def request_of(carried: Transfer, sent: Sent, account, at) -> Request:
    """What is proposed at the destination, for units that go into an account there.

    Raises: RuleViolated (UNKNOWN_UNIT_TYPE, NO_ACCOUNT_FOR_LINKS).
    """
    attributes = {"transfer": {"from": carried.sender.code, "transaction": sent.transaction}}
    if carried.method in (METHOD.ISSUE_AND_CANCEL, METHOD.ESCROW_MIRROR):
        lines, attributes["issuances"] = _issued(carried, account)
        code = "linked_issuance"
    elif carried.method == METHOD.REPATRIATION:
        lines, code = _come_home(carried, sent, account), "homecoming"
    else:
        lines, attributes["message"] = _acquired(carried, sent, account), sent.announce()
        code = "acquisition"
    return Request(code, lines, f"transfer-{carried.pk}", at, "", attributes)


def _propose(carried, sent, account, at):
    return propose(actor_of_links(), request_of(carried, sent, account, at)).transaction_id


def _acquired(carried, sent, account):
    """Lines that take in what has left the sender; an edge's reserve keeps its share."""
    withheld = carrying.withheld(carried.pk)
    pieces = [(account, *block) for block in sent.blocks]
    if withheld:
        buffer = account_of(carried.receiver_id, kind="buffer")
        pieces = cut(sent.blocks, withheld, account, buffer)
    return [
        Line(None, to, carried.unit_type_id, last - first + 1, first=first)
        for to, first, last in pieces
    ]


def _come_home(carried, sent, account):
    """Lines by which the partner's account gives up the units that its registry sent home."""
    partner = account_of(carried.receiver_id, kind="partner", stands_for_id=carried.sender_id)
    return [
        Line(partner, account, carried.unit_type_id, last - first + 1, first=first)
        for first, last in sent.blocks
    ]


def _issued(carried, account):
    """Lines and issuances of what converted or mirrored units become, by vintage."""
    edge = carried.edge
    code = edge.document["converts_to"][carried.unit_type.code]
    unit_type = carried.receiver.unit_types.filter(code=code).first()
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
