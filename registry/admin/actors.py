"""The actor of a request to the administrators' pages."""

from registry import permissions
from registry.actors import Actor, actor_for
from registry.models import Role


def actor_of(request) -> Actor | None:
    """Who is signed in, with their roles; read once for each request."""
    if not hasattr(request, "actor"):
        person = request.user
        request.actor = actor_for(person) if person.is_authenticated else None
    return request.actor


def reads_a_ledger(request) -> bool:
    """Whether there is a registry whose ledger the person may read."""
    actor = actor_of(request)
    if actor is None:
        return False
    registries = permissions.readable_registries(actor)
    return registries is None or bool(registries)


def has_a_role(request) -> bool:
    actor = actor_of(request)
    return actor is not None and bool(actor.roles)


def represents(request) -> bool:
    """Whether the person acts for an account, by a right that holds now; read once a request."""
    if not hasattr(request, "represents"):
        actor = actor_of(request)
        request.represents = actor is not None and bool(permissions.represented(actor))
    return request.represents


def administers_the_system(request) -> bool:
    """Whether the person edits what is common to all registries."""
    actor = actor_of(request)
    return actor is not None and Role.SYSTEM_ADMINISTRATOR in actor.roles_in(None)
