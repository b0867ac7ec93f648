"""The Celery application and the schedule of beat."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_shutdown
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SEQUENCER = "sequencer"


class Application(Celery):
    """Celery, with the embedded Valkey started by the first connection to it."""

    def connection_for_read(self, url=None, **options):
        start_embedded_broker()
        return super().connection_for_read(url, **options)

    def connection_for_write(self, url=None, **options):
        start_embedded_broker()
        return super().connection_for_write(url, **options)


def start_embedded_broker() -> None:
    if settings.CELERY_BROKER_URL.startswith("redis+socket:") and not settings.REDIS_URL:
        from config.embedded import valkey

        valkey.ensure()


app = Application("concord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    # A task is given back when its worker dies, so every task can run twice without harm.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=500,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_hijack_root_logger=False,
    task_soft_time_limit=1500,
    task_time_limit=1700,
    # Longer than twice the longest task: Redis gives a task to a second worker after this.
    broker_transport_options={"visibility_timeout": 3600},
    broker_connection_retry_on_startup=True,
    # A broker that is away is waited for, however long.
    broker_connection_max_retries=None,
    timezone="UTC",
    enable_utc=True,
    task_routes={
        "registry.tasks.sequence_postings": {"queue": SEQUENCER},
        "registry.tasks.sign_issuances": {"queue": SEQUENCER},
    },
    beat_schedule={
        "sequence postings": {
            "task": "registry.tasks.sequence_postings",
            "schedule": 1.0,
            # One that waited longer is of no use: the next one does its work.
            "options": {"expires": 5},
        },
        "sign issuances": {
            "task": "registry.tasks.sign_issuances",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "execute what is due": {
            "task": "registry.tasks.execute_due",
            "schedule": 5.0,
            "options": {"expires": 30},
        },
        "complete tasks": {
            "task": "registry.tasks.complete_tasks",
            "schedule": 5.0,
            "options": {"expires": 30},
        },
        "count holdings": {
            "task": "registry.tasks.count_holdings",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "write notices": {
            "task": "registry.tasks.write_notices",
            "schedule": 5.0,
            "options": {"expires": 30},
        },
        "go on with uploads": {
            "task": "registry.tasks.go_on_with_uploads",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "announce postings": {
            "task": "registry.tasks.announce_postings",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "forget requests": {
            "task": "registry.tasks.forget_requests",
            "schedule": crontab(minute=40),
            "options": {"expires": 1800},
        },
        "forget files": {
            "task": "registry.tasks.forget_files",
            "schedule": crontab(minute=20),
            "options": {"expires": 1800},
        },
        "begin phases of links": {
            "task": "linking.tasks.begin_phases",
            "schedule": crontab(minute=1),
            "options": {"expires": 1800},
        },
        "close periods of quotas": {
            "task": "linking.tasks.close_quota_periods",
            "schedule": crontab(minute=3),
            "options": {"expires": 1800},
        },
        "carry transfers over links": {
            "task": "linking.tasks.carry_transfers",
            "schedule": 1.0,
            "options": {"expires": 1},
        },
        "keep digests": {
            "task": "linking.tasks.keep_digests",
            "schedule": 2.0,
            "options": {"expires": 5},
        },
        "tell homes of uses": {
            "task": "linking.tasks.tell_uses",
            "schedule": 2.0,
            "options": {"expires": 5},
        },
        "tell acceptors of retirements": {
            "task": "linking.tasks.tell_retirements",
            "schedule": 2.0,
            "options": {"expires": 5},
        },
        "reconcile": {
            "task": "linking.tasks.reconcile",
            "schedule": crontab(hour=18, minute=40),
            "options": {"expires": 6 * 3600},
        },
        "go on with halves of transfers": {
            "task": "linking.tasks.go_on_with_halves",
            "schedule": 1.0,
            "options": {"expires": 1},
        },
        "ask other nodes about transfers": {
            "task": "linking.tasks.ask_the_silent",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "deliver messages to peers": {
            "task": "linking.tasks.deliver_due",
            "schedule": 1.0,
            "options": {"expires": 2},
        },
        # Within the minute between the rotation of a key and its effect.
        "tell peers of the card": {
            "task": "linking.tasks.announce_card",
            "schedule": 10.0,
            "options": {"expires": 10},
        },
        "give back limits": {
            "task": "linking.tasks.release_undone",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "check the ledger": {
            "task": "registry.tasks.check_ledger",
            "schedule": crontab(hour=18, minute=10),
            "options": {"expires": 6 * 3600},
        },
    },
)
app.autodiscover_tasks()


@worker_shutdown.connect
def close_the_log(**signal) -> None:
    """The sequencer stops last: what was committed before is logged and signed now.

    Else its promises would wait for the next start, and be broken by then.
    """
    if SEQUENCER in app.amqp.queues.consume_from:
        app.tasks["registry.tasks.close_log"]()
