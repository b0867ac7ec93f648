"""Celery's entrance: a few lines each that call one service."""

from celery import shared_task

from . import posting

BATCH = 5000


@shared_task(name="registry.tasks.sequence_postings")
def sequence_postings():
    """Gives positions until nothing waits. A killed run leaves no gap: a batch is one statement."""
    while posting.sequence(BATCH) == BATCH:
        pass
