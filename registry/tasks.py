"""Celery's entrance: a few lines each that call one service."""

import logging

from celery import shared_task

from .audit import runner
from .audit.every_rule import RULES
from .services import sequence

FINDINGS_LOGGED = 20

logger = logging.getLogger(__name__)


@shared_task(name="registry.tasks.sequence_postings")
def sequence_postings():
    """Gives positions until nothing waits."""
    sequence.sequence_postings()


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
