"""Begin an agreement: its code and its parties. Nothing is agreed yet."""

from dataclasses import dataclass

from django.db import transaction

from linking.errors import failure
from linking.models import Agreement, AgreementParty
from registry import permissions
from registry.errors import Conflict, InvalidInput, NotFound
from registry.models import Registry, Role


@dataclass(frozen=True)
class NewParty:
    """A registry that acts for its jurisdiction; its key where another node keeps it."""

    registry: str
    public_key: bytes | None = None


@transaction.atomic
def create_agreement(*, actor, code, parties, at) -> Agreement:
    """Begins an agreement between the jurisdictions of some registries.

    The actor is an administrator of one of them.

    Raises: NotPermitted, NotFound (UNKNOWN_REGISTRY), InvalidInput (TOO_FEW_PARTIES,
    KEY_NOT_PINNED), Conflict (AGREEMENT_EXISTS).
    """
    permissions.require_actor(actor)
    registries = {
        row.code: row
        for row in Registry.objects.filter(
            code__in=[party.registry for party in parties]
        ).select_related("jurisdiction")
    }
    missing = [party.registry for party in parties if party.registry not in registries]
    if missing:
        raise NotFound(failure("UNKNOWN_REGISTRY", registry=str(missing[0])[:40]))
    places = {row.jurisdiction_id for row in registries.values()}
    if len(places) < 2 or len(places) != len(parties):
        raise InvalidInput(failure("TOO_FEW_PARTIES"))
    own = [row for row in registries.values() if Role.ADMINISTRATOR in actor.roles_in(row.pk)]
    if not own:
        permissions.require_role(actor, {Role.ADMINISTRATOR}, next(iter(registries.values())).pk)
    for party in parties:
        if not registries[party.registry].hosted and len(party.public_key or b"") != 32:
            raise InvalidInput(failure("KEY_NOT_PINNED", registry=party.registry))
    if Agreement.objects.filter(code=code).exists():
        raise Conflict(failure("AGREEMENT_EXISTS", agreement=code))
    made = Agreement.objects.create(code=code, created_by_id=actor.person_id, created_at=at)
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=made,
            jurisdiction_id=registries[party.registry].jurisdiction_id,
            registry=registries[party.registry],
            public_key=None if registries[party.registry].hosted else party.public_key,
        )
        for party in parties
    )
    return made
