"""Agreements, their versions and edges, as rows."""

from django.db.models import F

from linking.errors import failure
from linking.link_set import Known
from linking.models import Agreement, AgreementParty, AgreementVersion, LinkEdge
from registry import permissions
from registry.errors import NotFound
from registry.models import Jurisdiction, Role, UnitType
from registry.selectors.scope import in_scope


def agreement(code) -> Agreement:
    """Raises: NotFound (UNKNOWN_AGREEMENT)."""
    return _one(Agreement.objects.filter(code=code), code)


def visible(actor):
    """The agreements of registries that the actor may read, the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    parties = in_scope(AgreementParty.objects.all(), actor)
    rows = Agreement.objects.filter(parties__in=parties).distinct().order_by("-pk")
    return rows.prefetch_related("parties__jurisdiction", "parties__registry")


def find(actor, code) -> Agreement:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_AGREEMENT)."""
    return _one(visible(actor).filter(code=code), code)


def parties(code):
    """The parties to the agreement with this code, if there is one."""
    return AgreementParty.objects.filter(agreement__code=code)


def versions(of: Agreement):
    """All texts of an agreement, the newest first."""
    return (
        of.versions.select_related(
            *("agreement", "proposed_by__jurisdiction"),
            *("rejection__party__jurisdiction", "rejection__person"),
        )
        .prefetch_related("signatures__party__jurisdiction", "signatures__person")
        .order_by("-pk")
    )


def find_version(actor, code, number) -> AgreementVersion:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_AGREEMENT)."""
    return _one(versions(find(actor, code)).filter(number=number), code)


def _one(rows, code):
    found = rows.first()
    if found is None:
        raise NotFound(failure("UNKNOWN_AGREEMENT", agreement=str(code)[:40]))
    return found


def find_by_id(actor, pk) -> Agreement:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_AGREEMENT)."""
    return _one(visible(actor).filter(pk=pk), pk)


def comments(version: AgreementVersion):
    """What parties have said about a text, in the order in which they said it."""
    return version.comments.select_related("party__jurisdiction", "person").order_by("pk")


def changes(of: Agreement):
    """What has happened to the edges of an agreement, the latest first."""
    return of.changes.select_related("by__jurisdiction", "person").order_by("-at", "edge_id")


def latest(of: Agreement) -> AgreementVersion | None:
    """The text that an amendment begins from: what is proposed, else what is in force."""
    return proposed(of) or in_force(of)


def waiting_for(actor) -> list[AgreementVersion]:
    """Proposed texts that a party of the actor's has not signed, each with those `parties`.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    rows = (
        AgreementVersion.objects.filter(status=AgreementVersion.Status.PROPOSED)
        .select_related("agreement", "proposed_by__jurisdiction")
        .prefetch_related("agreement__parties__jurisdiction", "signatures", "comments")
        .order_by("pk")
    )
    found = []
    for row in rows:
        signed = {each.party_id for each in row.signatures.all()}
        row.parties = [
            each
            for each in row.agreement.parties.all()
            if each.pk not in signed and Role.ADMINISTRATOR in actor.roles_in(each.registry_id)
        ]
        if row.parties:
            found.append(row)
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


def mechanisms() -> dict:
    """The ids of mechanisms outside all Parties, by their codes."""
    return dict(
        Jurisdiction.objects.filter(level=Jurisdiction.Level.EXTERNAL).values_list("code", "id")
    )


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
