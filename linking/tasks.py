"""Celery's entrance: a few lines each that call one service."""

import logging

from celery import shared_task
from django.utils import timezone

from registry.errors import KeyUnavailable

from .selectors import peers
from .services import (
    accept_incoming,
    carry,
    close_periods,
    deliver_messages,
    go_onward,
    keep_peer,
    release,
    retire_for,
    return_in_flight,
    start_phases,
    tell_uses,
)
from .services import keep_digests as keeping
from .services import reconcile as comparing
from .services.crossing import cases, go_on

logger = logging.getLogger(__name__)


@shared_task(name="linking.tasks.begin_phases")
def begin_phases():
    """Records the phases that have begun; what a gate holds back is in the log of the node."""
    begun = start_phases.start_phases(at=timezone.now())
    for edge_id, n in begun.started:
        logger.warning("phase %s of edge %s has begun", n, edge_id)
    for edge_id, n in begun.delayed:
        logger.warning("phase %s of edge %s is held back by its gate", n, edge_id)


@shared_task(name="linking.tasks.close_quota_periods")
def close_quota_periods():
    """Carries forward what quotas have left of periods that are over."""
    carried = close_periods.close_periods(at=timezone.now())
    if carried:
        logger.info("%s quotas were carried forward", carried)


@shared_task(name="linking.tasks.release_undone")
def release_undone():
    """Gives back what uses had taken that did not come about."""
    release.release_undone(at=timezone.now())


@shared_task(name="linking.tasks.carry_transfers")
def carry_transfers():
    """Returns what is under way over links that have stopped, and brings to their end the transfers
    whose sender has decided; then takes on from their home what is to go on."""
    at = timezone.now()
    return_in_flight.return_in_flight(at=at)
    accept_incoming.go_on_waiting(at=at)
    carry.carry_due(at=at)
    go_onward.go_onward(at=at)


@shared_task(name="linking.tasks.keep_digests")
def keep_digests():
    """Keeps the digests of what crosses the border up with the ledger."""
    keeping.keep_digests()


@shared_task(name="linking.tasks.tell_uses")
def tell_of_uses():
    """Tells home registries which of their units were used here."""
    tell_uses.tell_uses(at=timezone.now())


@shared_task(name="linking.tasks.tell_retirements")
def tell_of_retirements():
    """Tells acceptors of credits that were retired for them."""
    retire_for.tell_retirements(at=timezone.now())


@shared_task(name="linking.tasks.reconcile")
def reconcile():
    """Compares with every partner; what differs becomes a case."""
    for run in comparing.reconcile_all(at=timezone.now(), clock=timezone.now):
        if run.result != "agreed":
            logger.warning("comparison %s with %s: %s", run.pk, run.partner.code, run.result)


@shared_task(name="linking.tasks.go_on_with_halves")
def go_on_with_halves():
    """Brings this node's halves of transfers between nodes one step on."""
    at = timezone.now()
    go_on.go_on(at=at)
    accept_incoming.expire_asked(at=at)


@shared_task(name="linking.tasks.ask_the_silent")
def ask_the_silent():
    """Asks other nodes about transfers of which nothing is heard, and opens cases of those that
    will not come to an end by themselves."""
    go_on.ask_the_silent(at=timezone.now())
    for_people = cases.open_due(at=timezone.now())
    if for_people:
        logger.error("%s transfers between nodes wait for people", for_people)


@shared_task(name="linking.tasks.deliver_due")
def deliver_due():
    """Has each peer to which something is due sent it by a task of its own."""
    for peer_id in peers.with_due_messages(timezone.now()):
        deliver_to_peer.apply_async([peer_id], expires=30)


@shared_task(name="linking.tasks.deliver_to_peer")
def deliver_to_peer(peer_id):
    """Sends what is due to one peer."""
    deliver_messages.deliver_messages(peer_id, clock=timezone.now)


@shared_task(name="linking.tasks.announce_card")
def announce_card():
    """Tells peers of new keys, addresses and registries of this node."""
    try:
        keep_peer.announce(at=timezone.now())
    except KeyUnavailable as error:
        logger.error("peers are not told of this node's card: %s", error)
