"""Bring every half that this node keeps one step on: by beat, and as soon as a message has come.

Any number of workers may do this at once: each half is locked while it moves, and whoever comes
later finds it moved.
"""

import logging

from django.db import DatabaseError
from django.db.models import Q

from linking.messages.kinds import Kind
from linking.models import OutboxMessage, Transfer
from linking.services.release import UNDONE
from registry.errors import DomainError
from registry.models import Transaction

from .ask import ask
from .ask_status import ask_status
from .commit import commit, end_refused, follow
from .steps import ROLE, STATE

BATCH = 500
STATUS = Transaction.Status

logger = logging.getLogger(__name__)


def go_on(*, at) -> int:
    """How many halves have moved."""
    moved = 0
    for uuid, act in _due(at):
        try:
            moved += act(uuid, at=at) is not None
        except DomainError as error:
            logger.warning("transfer %s waits: %s", uuid, ", ".join(error.codes))
        except DatabaseError:
            # It is tried again; the others do not wait for that.
            logger.exception("transfer %s could not go on", uuid)
    return moved


def ask_the_silent(*, at) -> int:
    """Asks of every half that has heard nothing for long; how many were asked about."""
    halves = Transfer.objects.filter(
        Q(role=ROLE.DESTINATION, state=STATE.ACCEPTED)
        | Q(role=ROLE.SOURCE, state__in=[STATE.ASKED, STATE.COMMITTED])
    )
    rows = halves.order_by("id").values_list("uuid", "role")[:BATCH]
    return sum(ask_status(uuid, role, at=at) for uuid, role in rows)


def _due(at):
    """Names of transfers and what is to be done with this node's half, which is the source."""
    source = Transfer.objects.filter(role=ROLE.SOURCE).order_by("id")
    proposed = source.filter(
        state=STATE.PROPOSED,
        source_transaction__status=STATUS.DELAYED,
        source_transaction__due_at__lte=at,
    )
    early = [STATE.PROPOSED, STATE.ASKED, STATE.ACCEPTED]
    ended = source.filter(state__in=early, source_transaction__status__in=UNDONE)
    refused = OutboxMessage.objects.filter(
        kind=Kind.PROPOSE, state=OutboxMessage.State.REFUSED
    ).values("transfer")
    work = (
        (ended, follow),
        (source.filter(state=STATE.ASKED, uuid__in=refused), end_refused),
        (source.filter(state=STATE.ACCEPTED), commit),
        (proposed, ask),
    )
    for rows, act in work:
        for uuid in rows.values_list("uuid", flat=True)[:BATCH]:
            yield uuid, act
