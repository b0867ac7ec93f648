"""Who may do what. Closed by default: no actor means refusal, for system tasks as well."""

from django.utils.translation import gettext_lazy as _

from .errors import Failure, NotPermitted
from .models import Role

READERS = frozenset(Role.values) - {Role.SYSTEM_ADMINISTRATOR}
DECIDERS = frozenset({Role.ADMINISTRATOR, Role.SYSTEM})


def require_actor(actor):
    """Raises: NotPermitted (NO_ACTOR)."""
    if actor is None:
        raise NotPermitted(
            Failure("NO_ACTOR", _("Nobody is signed in."), _("Sign in, or send an API key."))
        )


def require_role(actor, roles, registry_id):
    """Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED)."""
    require_actor(actor)
    if not actor.roles_in(registry_id) & frozenset(roles):
        raise NotPermitted(
            Failure(
                "NOT_PERMITTED",
                _("Your roles in this registry do not allow this."),
                _("Ask for a role in the registry, or act in a registry where you have one."),
            )
        )


def readable_registries(actor):
    """Ids of the registries whose ledger the actor may read; None for all.

    Raises: NotPermitted (NO_ACTOR).
    """
    require_actor(actor)
    if actor.roles.get(None, frozenset()) & READERS:
        return None
    return {registry for registry, roles in actor.roles.items() if roles & READERS}
