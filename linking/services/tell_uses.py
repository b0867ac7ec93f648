"""Tell home registries which of their units were used on this node, and of which that is undone.

A pass behind the sequencer, so that nothing of it is on the path of a posting. What was told and
how far the pass has come are one database transaction: a use is told once, whatever is killed.
"""

import logging

from django.db import transaction

from linking.messages.kinds import Kind
from linking.models import UsesTold
from linking.selectors import uses
from linking.selectors.peers import peer_of
from registry import canonical, turns
from registry.errors import DomainError, RuleViolated
from registry.models import Position, Registry, Transaction, UnitType
from registry.services.make_receipt import of_transaction

from .keep_uses import keep_undone, keep_use
from .post_message import post_message

# Positions of one database transaction.
BATCH = 2000

logger = logging.getLogger(__name__)


def tell_uses(*, at) -> int:
    """How many uses and their undoings homes were told of.

    A home that no pinned node keeps is told when there is one; it does not hold up the others.
    """
    head = Position.objects.order_by("-position").values_list("position", flat=True).first() or 0
    told = 0
    # Most passes have nothing to do for any home: no turn is taken for those.
    there = UsesTold.objects.filter(position__gte=head).values("home")
    for home in Registry.objects.exclude(pk__in=there).order_by("id"):
        try:
            told += _tell(home, head, at)
        except DomainError as error:
            logger.warning("uses of units of %s wait: %s", home.code, ", ".join(error.codes))
    return told


def _tell(home, head, at):
    peer = None
    if not home.hosted:
        try:
            peer = peer_of(home)
        except RuleViolated:
            return 0
    told, more = 0, True
    while more:
        number, more = _batch(home, peer, head, at)
        told += number
    return told


@transaction.atomic
def _batch(home, peer, head, at):
    turns.take(f"linking_uses_of_{home.pk}")
    row, _is_new = UsesTold.objects.get_or_create(home=home)
    until = min(head, row.position + BATCH)
    if until <= row.position:
        return 0, False
    told = 0
    for each in uses.used(home.pk, row.position, until):
        _say_used(peer, each, at)
        told += 1
    for each in uses.undone(home.pk, row.position, until):
        _say_undone(peer, each, at)
        told += 1
    row.position = until
    row.save(update_fields=["position"])
    return told, until < head


def _say_used(peer, each, at):
    if peer is None:
        keep_use(each, at=at)
        return
    body = {
        **_names(each),
        "blocks": [[str(first), str(last)] for first, last in each.blocks],
        "use": each.use,
        "period": each.period or None,
        "entity": each.entity or None,
        **_posted(each, at),
    }
    post_message(peer, Kind.USED, body, at=at)


def _say_undone(peer, each, at):
    if peer is None:
        keep_undone(each, at=at)
        return
    body = {**_names(each), "used": str(each.used), **_posted(each, at)}
    post_message(peer, Kind.USE_UNDONE, body, at=at)


def _names(each):
    return {
        "registry": Registry.objects.values_list("code", flat=True).get(pk=each.registry),
        "unit_type": UnitType.objects.values_list("code", flat=True).get(pk=each.unit_type),
    }


def _posted(each, at):
    done = Transaction.objects.select_related("posting").get(pk=each.transaction)
    return {
        "posting": str(each.posting),
        "at": canonical.instant(each.at),
        "receipt": of_transaction(done, at=at),
    }
