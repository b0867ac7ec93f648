"""Celery's entrance: a few lines each that call one service."""

import logging

from celery import shared_task
from django.utils import timezone

from .services import carry, release, start_phases

logger = logging.getLogger(__name__)


@shared_task(name="linking.tasks.begin_phases")
def begin_phases():
    """Records the phases that have begun; what a gate holds back is in the log of the node."""
    begun = start_phases.start_phases(at=timezone.now())
    for edge_id, n in begun.started:
        logger.warning("phase %s of edge %s has begun", n, edge_id)
    for edge_id, n in begun.delayed:
        logger.warning("phase %s of edge %s is held back by its gate", n, edge_id)


@shared_task(name="linking.tasks.release_undone")
def release_undone():
    """Gives back what uses had taken that did not come about."""
    release.release_undone(at=timezone.now())


@shared_task(name="linking.tasks.carry_transfers")
def carry_transfers():
    """Brings to their end the transfers over links whose sender has decided."""
    carry.carry_due(at=timezone.now())
