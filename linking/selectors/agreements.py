"""Agreements, their versions and edges, as rows."""

from django.db.models import F

from linking.errors import failure
from linking.link_set import Known
from linking.models import Agreement, AgreementVersion, LinkEdge
from registry.errors import NotFound
from registry.models import Jurisdiction, UnitType


def agreement(code) -> Agreement:
    """Raises: NotFound (UNKNOWN_AGREEMENT)."""
    found = Agreement.objects.filter(code=code).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_AGREEMENT", agreement=str(code)[:40]))
    return found


def proposed(of: Agreement) -> AgreementVersion | None:
    """The version that awaits signatures."""
    return of.versions.filter(status=AgreementVersion.Status.PROPOSED).first()


def in_force(of: Agreement) -> AgreementVersion | None:
    return of.versions.filter(status=AgreementVersion.Status.IN_FORCE).first()


def edge_in_force(of: Agreement, edge_id) -> LinkEdge:
    """Raises: NotFound (UNKNOWN_EDGE)."""
    found = (
        LinkEdge.objects.filter(version__agreement=of, version__status="in_force", edge_id=edge_id)
        .select_related("source", "acceptor", "version")
        .first()
    )
    if found is None:
        raise NotFound(failure("UNKNOWN_EDGE", edge=str(edge_id)[:40]))
    return found


def known() -> Known:
    """What the edges of agreements are compared with: unit types, Parties, mechanisms."""
    issuers = dict(
        UnitType.objects.annotate(place=F("registry__jurisdiction__code")).values_list(
            "code", "place"
        )
    )
    parties, external = {}, set()
    for place in Jurisdiction.objects.select_related("parent"):
        if place.level == Jurisdiction.Level.EXTERNAL:
            external.add(place.code)
        else:
            parties[place.code] = place.parent.code if place.parent else place.code
    return Known(issuers, parties, frozenset(external))
