"""Who acts for a party of an agreement: the administrators of its registry."""

from registry import permissions
from registry.errors import NotPermitted
from registry.models import Role

from .errors import failure
from .models import AgreementParty


def require_party(actor, agreement, jurisdiction_code) -> AgreementParty:
    """The party that the actor may act for.   Raises: NotPermitted (NO_ACTOR, NOT_A_PARTY, …)."""
    permissions.require_actor(actor)
    party = (
        AgreementParty.objects.filter(agreement=agreement, jurisdiction__code=jurisdiction_code)
        .select_related("jurisdiction", "registry")
        .first()
    )
    if party is None:
        raise NotPermitted(failure("NOT_A_PARTY"))
    permissions.require_role(actor, {Role.ADMINISTRATOR}, party.registry_id)
    return party


def own_parties(actor, agreement) -> list[AgreementParty]:
    """The parties that the actor may act for.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    parties = agreement.parties.select_related("jurisdiction", "registry").order_by("id")
    return [each for each in parties if Role.ADMINISTRATOR in actor.roles_in(each.registry_id)]
