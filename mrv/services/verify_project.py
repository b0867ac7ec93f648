"""What a verifier says of a project, or of one of its reports. It says it once."""

from dataclasses import dataclass

from django.db import transaction

from mrv import permissions
from mrv.errors import failure
from mrv.models import MonitoringReport, OffsetProject, ProjectOpinion, Verifier
from mrv.selectors import independence, project_records, projects
from registry import turns
from registry.errors import Conflict, RuleViolated
from registry.services.log_document import log_document

from . import written

PROJECT = OffsetProject.State
REPORT = MonitoringReport.State


@dataclass(frozen=True)
class Opinion:
    """Whether the verifier agrees, and what it has found."""

    verifier: Verifier
    positive: bool
    findings: str


@transaction.atomic
def validate_project(*, actor, code, said: Opinion, at) -> OffsetProject:
    """Validates a proposed project; a negative opinion refuses it.

    Raises: NotPermitted (NOT_A_MEMBER), NotFound, InvalidInput, RuleViolated (what forbids the
    verifier), Conflict (PROJECT_IN_ANOTHER_STATE).
    """
    found = projects.find(actor, code)
    require_verifier(actor, found, said, at)
    turns.take(f"mrv_project_{found.pk}")
    if not OffsetProject.objects.filter(pk=found.pk, state=PROJECT.PROPOSED).exists():
        raise Conflict(failure("PROJECT_IN_ANOTHER_STATE", state=found.state))
    _keep(actor, said, at, project=found)
    if said.positive:
        found.state = PROJECT.VALIDATED
    else:
        found.state, found.reason = PROJECT.REFUSED, said.findings
        found.decided_by_id, found.decided_at = actor.person_id, at
    found.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return found


@transaction.atomic
def verify_report(*, actor, number, said: Opinion, at) -> MonitoringReport:
    """Verifies a submitted report; a negative opinion returns it and frees its days.

    The log of the node is told of what was verified.

    Raises: NotPermitted (NOT_A_MEMBER), NotFound, InvalidInput, RuleViolated (what forbids the
    verifier), Conflict (REPORT_IN_ANOTHER_STATE).
    """
    found = projects.find_report(actor, number)
    require_verifier(actor, found.project, said, at)
    turns.take(f"mrv_project_{found.project_id}")
    if not MonitoringReport.objects.filter(pk=found.pk, state=REPORT.SUBMITTED).exists():
        raise Conflict(failure("REPORT_IN_ANOTHER_STATE", state=found.state))
    found.opinion = _keep(actor, said, at, project=found.project, report=found)
    found.state = REPORT.VERIFIED if said.positive else REPORT.RETURNED
    found.save(update_fields=["state"])
    if said.positive:
        log_document(
            kind="monitoring_report",
            subject=f"{found.project.code}-{found.pk}",
            document=project_records.verification(found),
        )
    return found


def require_verifier(actor, project, said, at) -> None:
    """Raises: NotPermitted (NOT_A_MEMBER), InvalidInput (EVIDENCE_NEEDED), RuleViolated."""
    permissions.require_member(actor, said.verifier, at.date())
    require_text(said.findings)
    refusals = independence.refusals(
        said.verifier,
        scheme_id=project.account.registry.scheme_id,
        sector=project.project_type.code,
        holder_id=project.account.holder_id,
        on=at.date(),
    )
    if refusals:
        raise RuleViolated(*refusals)


def require_text(text) -> None:
    """Raises: InvalidInput (EVIDENCE_NEEDED)."""
    written.refuse([] if 0 < len(text.strip()) <= 10_000 else [failure("EVIDENCE_NEEDED")])


def _keep(actor, said, at, **about):
    return ProjectOpinion.objects.create(
        **about,
        verifier=said.verifier,
        positive=said.positive,
        findings=said.findings,
        person_id=actor.person_id,
        at=at,
    )
