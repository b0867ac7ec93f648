"""Offset projects and what they report, for who may see them."""

from django.db.models import Q

from mrv.errors import failure
from mrv.models import Accreditation, MonitoringReport, OffsetProject
from registry import permissions
from registry.errors import NotFound

RELATED = (
    *("account__registry__scheme", "account__holder", "unit_type", "jurisdiction"),
    *("project_type", "version__methodology", "proposed_by", "decided_by"),
)


def visible(actor):
    """Projects of registries that the actor reads, of accounts that they represent, and of schemes
    for which their verifier is accredited.   Raises: NotPermitted (NO_ACTOR).
    """
    rows = OffsetProject.objects.select_related(*RELATED).order_by("-pk")
    registries = permissions.readable_registries(actor)
    if registries is None:
        return rows
    verified = Accreditation.objects.filter(
        verifier__members__person_id=actor.person_id, verifier__members__valid_to=None
    )
    return rows.filter(
        Q(account__registry__in=registries)
        | Q(account__in=permissions.represented(actor))
        | Q(account__registry__scheme__in=verified.values("scheme_id"))
    )


def find(actor, code) -> OffsetProject:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_PROJECT)."""
    found = visible(actor).filter(code=code).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_PROJECT", project=str(code)[:40]))
    return found


def reports(actor):
    """The reports of visible projects, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    rows = MonitoringReport.objects.filter(project__in=visible(actor).order_by().values("pk"))
    rows = rows.select_related(
        "project__unit_type", "project__account__registry", "submitted_by", "opinion__verifier"
    )
    return rows.prefetch_related("requests__transaction").order_by("-pk")


def find_report(actor, number) -> MonitoringReport:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_MONITORING_REPORT)."""
    found = reports(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_MONITORING_REPORT", report=str(number)[:40]))
    return found
