"""What an actor may propose or ask for by their roles; the services decide when they do."""

from django.db.models import Q

from registry import permissions
from registry.models import Registry, Representative

from . import reference


def registries(actor, roles=None):
    """The registries of this node in which the actor has a role (one of `roles`), by code.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    wanted = None if roles is None else frozenset(roles)
    hosted = Registry.objects.filter(hosted=True).select_related("jurisdiction").order_by("code")
    return [
        registry
        for registry in hosted
        if (actor.roles_in(registry.pk) if wanted is None else actor.roles_in(registry.pk) & wanted)
    ]


def accounts(actor) -> set[int]:
    """Ids of the accounts for which the actor may initiate transactions as a representative.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    rows = Representative.objects.current().filter(
        person_id=actor.person_id, right__in=permissions.INITIATE, suspended_at=None
    )
    return set(rows.values_list("account_id", flat=True))


def types(actor, registry, at) -> dict:
    """code -> version in force in a registry, of the types that the actor's roles may propose.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    rows = reference.transaction_types(at).filter(Q(registry=None) | Q(registry=registry))
    found = {}
    # A version of the registry's own holds there instead of the one without a registry.
    for row in sorted(rows, key=lambda row: (row.registry_id is not None, row.version)):
        found[row.code] = row
    held = actor.roles_in(registry.pk)
    return {code: row for code, row in found.items() if held & frozenset(row.roles)}
