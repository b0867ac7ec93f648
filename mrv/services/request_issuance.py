"""Ask the registry for the units that a verified report has earned."""

from django.db import transaction

from mrv.errors import failure
from mrv.models import IssuanceRequest, MonitoringReport
from mrv.projects import buffer, periods
from mrv.selectors import credits, methodologies, projects
from registry import turns
from registry.actors import Actor
from registry.errors import Conflict, RuleViolated
from registry.lines import Line
from registry.models import Account
from registry.services.issue import Issuance, describe
from registry.services.people import system_actor
from registry.services.propose import Request, propose

from .propose_project import require_proponent

STATE = IssuanceRequest.State


def actor_of_projects() -> Actor:
    """Whose acts the proposals are that projects lead to: a person approves each of them."""
    return system_actor(username="projects", display_name="Offset projects")


@transaction.atomic
def request_issuance(*, actor, number, at) -> IssuanceRequest:
    """Proposes one issuance: the share of the buffer to the buffer account, the rest to the
    project's account. The units carry project, methodology, vintage and type.

    Raises: NotPermitted, NotFound, Conflict (REPORT_IN_ANOTHER_STATE, PERIOD_CREDITED),
    RuleViolated (NOTHING_TO_CREDIT, NO_BUFFER_ACCOUNT, and whatever refuses the proposal).
    """
    report = projects.find_report(actor, number)
    require_proponent(actor, report.project.account)
    turns.take(f"mrv_project_{report.project_id}")
    report.refresh_from_db(fields=["state"])
    if report.state != MonitoringReport.State.VERIFIED:
        raise Conflict(failure("REPORT_IN_ANOTHER_STATE", state=report.state))
    _drop_dead(report)
    standing = report.requests.filter(state=STATE.STANDING).first()
    if standing is not None:
        raise Conflict(failure("PERIOD_CREDITED", request=str(standing.pk)))
    if not report.tonnes:
        raise RuleViolated(failure("NOTHING_TO_CREDIT"))
    text = methodologies.text_of(report.project.version)
    withheld = buffer.withheld(report.tonnes, text.buffer_share)
    proposed = propose(actor_of_projects(), _proposal(report, text, withheld, at))
    return IssuanceRequest.objects.create(
        report=report,
        units=report.tonnes,
        to_buffer=withheld,
        transaction_id=proposed.transaction_id,
        requested_by_id=actor.person_id,
        requested_at=at,
    )


def _drop_dead(report):
    """What the registry has rejected, or nobody has decided in time, earns nothing."""
    dead = report.requests.filter(state=STATE.STANDING, transaction__status__in=credits.DEAD)
    dead.update(state=STATE.DROPPED)


def _proposal(report, text, withheld, at) -> Request:
    project = report.project
    blocks = [(project.account_id, report.tonnes - withheld)] if withheld < report.tonnes else []
    if withheld:
        blocks.append((_buffer_of(project.account.registry_id), withheld))
    version = project.version
    issuance = Issuance(
        project.unit_type_id,
        blocks,
        vintage_from=report.period_from,
        vintage_to=report.period_to,
        vintage_label=periods.label(report.period_from, report.period_to),
        legal_basis=f"{version.methodology.code} {version.number}",
        project=project.code,
        activity=project.project_type.code,
        sector=text.sector,
        mitigation_type=text.mitigation_type,
    )
    attributes = {
        "issuances": describe([issuance]),
        "monitoring_report": {"number": str(report.pk), "digest": bytes(report.digest).hex()},
    }
    lines = [Line(None, to, project.unit_type_id, units) for to, units in blocks]
    key = f"monitoring-report-{report.pk}-{report.requests.count() + 1}"
    return Request("issue", lines, key, at, "", attributes)


def _buffer_of(registry_id):
    found = Account.objects.filter(
        registry_id=registry_id, kind=Account.Kind.BUFFER, status=Account.Status.OPEN
    )
    account = found.order_by("pk").values_list("pk", flat=True).first()
    if account is None:
        raise RuleViolated(failure("NO_BUFFER_ACCOUNT"))
    return account
