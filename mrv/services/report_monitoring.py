"""Report what was monitored in a period; the methodology makes tonnes of it."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from mrv.errors import failure
from mrv.models import MonitoringReport, OffsetProject
from mrv.projects import periods, reckoning, values
from mrv.quantities import QuantityError
from mrv.selectors import methodologies, projects
from registry import canonical, turns
from registry.errors import Conflict, RuleViolated

from .propose_project import require_proponent
from .refusing import refuse_findings
from .verify_project import require_text

STATE = MonitoringReport.State


@dataclass(frozen=True)
class Monitored:
    """The days from the first until the one after the last, the values, and what proves them."""

    period_from: date
    period_to: date
    values: dict
    evidence: str


@transaction.atomic
def report_monitoring(*, actor, code, said: Monitored, at) -> MonitoringReport:
    """Submits a report of days that no other report of the project is about.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (PROJECT_IN_ANOTHER_STATE), RuleViolated
    (all that is wrong with the period; DIVISION_BY_ZERO).
    """
    found = projects.find(actor, code)
    require_proponent(actor, found.account)
    require_text(said.evidence)
    # Two reports of the same days are made one after the other.
    turns.take(f"mrv_project_{found.pk}")
    found.refresh_from_db(fields=["state"])
    if found.state != OffsetProject.State.REGISTERED:
        raise Conflict(failure("PROJECT_IN_ANOTHER_STATE", state=found.state))
    failures = list(_period_failures(found, said, at))
    if failures:
        raise RuleViolated(*failures)
    return _submitted(actor, found, said, at)


def _period_failures(project, said, at):
    if said.period_to <= said.period_from:
        yield failure("PERIOD_NOT_AN_INTERVAL")
        return
    if said.period_to > at.date():
        yield failure("PERIOD_NOT_OVER", period_to=said.period_to.isoformat())
    outer = (project.crediting_from, project.crediting_to)
    if not periods.is_within(said.period_from, said.period_to, outer=outer):
        yield failure(
            "PERIOD_OUTSIDE_CREDITING",
            **{"from": outer[0].isoformat(), "until": outer[1].isoformat()},
        )
    others = MonitoringReport.objects.filter(
        ~Q(state=STATE.RETURNED),
        project=project,
        period_from__lt=said.period_to,
        period_to__gt=said.period_from,
    )
    for number in others.order_by("pk").values_list("pk", flat=True):
        yield failure("PERIOD_OVERLAPS", report=str(number))


def _submitted(actor, project, said, at):
    text = methodologies.text_of(project.version)
    monitored, findings = values.read(text.given_by("period"), said.values)
    refuse_findings(findings, "/values")
    of_project, _findings = values.read(text.given_by("project"), project.values)
    try:
        tonnes, derivation = reckoning.reckon(text, of_project | monitored)
    except QuantityError as error:
        raise RuleViolated(failure(error.code, **error.data)) from error
    document = derivation.as_document()
    reported = {
        "project": project.code,
        "methodology": bytes(project.version.digest).hex(),
        "period": [said.period_from.isoformat(), said.period_to.isoformat()],
        "values": said.values,
        "evidence": said.evidence,
        "tonnes": str(tonnes),
        "derivation": document,
    }
    return MonitoringReport.objects.create(
        project=project,
        period_from=said.period_from,
        period_to=said.period_to,
        values=said.values,
        evidence=said.evidence,
        tonnes=tonnes,
        derivation=document,
        digest=canonical.digest(reported),
        submitted_by_id=actor.person_id,
        submitted_at=at,
    )
