"""Bring a transfer between registries of this node to its end, once its sender's part is.

When that is completed, the units have left, and the destination takes them in: into the account
that was named, or into suspense if that was closed meanwhile. When it will never be completed,
what the limits had lost is given back. Any number of workers may do this at once.
"""

import logging

from django.db import transaction

from linking.models import Transfer
from linking.selectors import carrying
from registry import turns
from registry.errors import DomainError
from registry.models import Transaction

from .local_messages import write_message
from .release import UNDONE, release_all
from .take_in import Sent, take_in

METHOD = Transfer.Method
STATE = Transfer.State
BATCH = 500

logger = logging.getLogger(__name__)


def carry_due(*, at) -> int:
    """Brings every transfer to its end whose sender's transaction has ended; how many were."""
    ended = {Transaction.Status.COMPLETED, *UNDONE}
    waiting = Transfer.objects.filter(
        role=Transfer.Role.BOTH, state=STATE.ACCEPTED, source_transaction__status__in=ended
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
    carried, status, posting_id = carrying.found(transfer_id)
    if carried.state != STATE.ACCEPTED:
        return carried
    if status in UNDONE:
        parts = carried.parts.select_related("decision").order_by("id")
        release_all([part.decision for part in parts], at)
        carried.state = STATE.ABORTED
    elif status == Transaction.Status.COMPLETED:
        carried.destination_transaction_id = take_in(carried, _sent(carried, posting_id, at), at)
        carried.state = STATE.COMPLETED
    else:
        return carried
    carried.ended_at = at
    carried.save(update_fields=["state", "destination_transaction_id", "ended_at"])
    return carried


def _sent(carried, posting_id, at):
    """What the sender's posting has sent."""
    if carried.method == METHOD.REPATRIATION:
        sent = Transaction.objects.get(pk=carried.source_transaction_id).lines.order_by("number")
        blocks = [(line.first, line.first + line.quantity - 1) for line in sent]
    else:
        blocks = carrying.brought(posting_id, carried.receiver_id)

    def announce():
        return write_message(
            ends=(carried.sender, carried.receiver),
            unit_type=carried.unit_type,
            blocks=blocks,
            about={"transfer": str(carried.pk)},
            at=at,
        )

    return Sent(blocks, str(carried.source_transaction_id), announce)
