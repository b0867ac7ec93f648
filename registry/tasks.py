"""Celery's entrance: a few lines each that call one service."""

import logging

from celery import shared_task
from django.utils import timezone

from .audit import runner
from .audit.every_rule import RULES
from .errors import KeyUnavailable
from .selectors import log, overview, uploads
from .services import (
    answer_once,
    keep_log,
    people,
    send_notices,
    sequence,
    signatures,
    signing_keys,
    webhooks,
    write_notices,
)
from .services import execute_due as due
from .services import forget_files as forgetting
from .services import sign_issuances as signing
from .services import work_on_upload as working
from .services.tasks.complete import complete_decided

FINDINGS_LOGGED = 20

logger = logging.getLogger(__name__)


@shared_task(name="registry.tasks.sequence_postings")
def sequence_postings():
    """Gives positions until nothing waits, and brings the log up to them.

    Without the log's key the log grows all the same, and its checkpoints wait.
    """
    sequence.sequence_postings()
    try:
        keep_log.keep_log(log.now)
    except KeyUnavailable as error:
        logger.error("the log is not signed: %s", error)


@shared_task(name="registry.tasks.close_log")
def close_log():
    """Gives positions, logs, and signs, so that nothing waits while the node is stopped."""
    sequence.sequence_postings()
    try:
        keep_log.close_log(log.now)
    except KeyUnavailable as error:
        logger.error("the log is not signed: %s", error)


@shared_task(name="registry.tasks.sign_issuances")
def sign_issuances():
    """Makes the keys that are missing, and signs a batch of what was issued."""
    at = timezone.now()
    try:
        signing_keys.ensure_keys(at=at)
        signing.sign_issuances(at=at)
    except KeyUnavailable as error:
        logger.error("issuances are not signed: %s", error)


@shared_task(name="registry.tasks.execute_due")
def execute_due():
    """Completes what is due and expires what is late."""
    clock = people.system_actor(username="clock", display_name="Clock")
    due.execute_due(actor=clock, at=timezone.now())


@shared_task(name="registry.tasks.complete_tasks")
def complete_tasks():
    """Completes the tasks of what was decided."""
    clock = people.system_actor(username="clock", display_name="Clock")
    complete_decided(actor=clock, at=timezone.now())


@shared_task(name="registry.tasks.count_holdings")
def count_holdings():
    """Counts what is held, for the home page."""
    overview.keep(clock=timezone.now)


@shared_task(name="registry.tasks.check_ledger")
def check_ledger():
    """Proves that every unit is in exactly one place.

    Raises: LedgerBroken, after each violation is in the log, so that the task is seen to fail.
    """
    broken = []
    with runner.snapshot("default") as cursor:
        role = runner.application_role(cursor)
        for result in runner.examine(cursor, RULES, role=role, limit=FINDINGS_LOGGED):
            for finding in result.findings:
                logger.error(
                    "%s: %s %s: %s", result.rule.code, finding.table, finding.row, finding.message
                )
            if result.violations:
                broken.append(f"{result.rule.code} ({result.violations})")
    if broken:
        raise runner.LedgerBroken(", ".join(broken))


@shared_task(name="registry.tasks.forget_requests")
def forget_requests():
    """Removes answers and signatures of requests that are older than they are kept."""
    at = timezone.now()
    answer_once.forget(at=at)
    signatures.forget(at=at)
    webhooks.forget(at=at)
    send_notices.forget(at=at)


@shared_task(name="registry.tasks.forget_files")
def forget_files():
    """Deletes the files of uploads that are done with."""
    forgetting.forget_files(at=timezone.now())


@shared_task(name="registry.tasks.go_on_with_uploads")
def go_on_with_uploads():
    """Has each upload that waits for a worker gone on with by a task of its own."""
    for upload_id in uploads.waiting(timezone.now()):
        work_on_upload.apply_async([upload_id], expires=30)


@shared_task(name="registry.tasks.work_on_upload")
def work_on_upload(upload_id):
    """Checks, proposes or writes one upload."""
    working.work_on_upload(upload_id, clock=timezone.now)


@shared_task(name="registry.tasks.announce_postings")
def announce_postings():
    """Writes down what webhooks are to be told, and has each told by a task of its own."""
    at = timezone.now()
    webhooks.fill_outbox(at=at)
    for endpoint_id in webhooks.due(at=at):
        deliver_webhooks.delay(endpoint_id)


@shared_task(name="registry.tasks.deliver_webhooks")
def deliver_webhooks(endpoint_id):
    """Sends what is due to one endpoint."""
    webhooks.deliver(endpoint_id, clock=timezone.now)


@shared_task(name="registry.tasks.write_notices")
def tell_persons():
    """Writes down what persons are to be told, and has each mailed by a task of its own."""
    at = timezone.now()
    write_notices.write_notices(at=at)
    for person_id in send_notices.due(at=at):
        mail_notices.delay(person_id)


@shared_task(name="registry.tasks.mail_notices")
def mail_notices(person_id):
    """Sends one person what is due."""
    send_notices.send(person_id, clock=timezone.now)
