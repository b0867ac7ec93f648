"""What the workers do besides tasks."""

import pytest
from celery.signals import worker_shutdown

from config.celery import SEQUENCER, app


@pytest.fixture
def closed(monkeypatch):
    """How often the log was closed."""
    calls = []
    app.loader.import_default_modules()
    monkeypatch.setattr(app.tasks["registry.tasks.close_log"], "run", lambda: calls.append(1))
    return calls


@pytest.mark.parametrize(("queue", "times"), [(SEQUENCER, 1), ("celery", 0)])
def test_sequencer_closes_the_log_when_it_stops(closed, monkeypatch, queue, times):
    """The worker of the sequencer's queue does, and no other."""
    monkeypatch.setattr(app.amqp.queues, "_consume_from", {queue: app.amqp.queues["celery"]})
    worker_shutdown.send(sender=None)
    assert len(closed) == times
