"""Persons and their roles, as far as an actor may know of them."""

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotFound
from registry.models import Person, RoleAssignment


def visible(actor):
    """Those who have a role in a registry where the actor has one, with these roles, and the actor;
    everybody for who has a role in all registries. The newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows, given = Person.objects.order_by("-pk"), _roles(actor)
    if actor.registries() is not None:
        rows = rows.filter(Q(pk=actor.person_id) | Q(pk__in=given.values("person")))
    given = given.select_related("registry").order_by("registry__code", "role")
    return rows.prefetch_related(Prefetch("role_assignments", given))


def having(actor, **role):
    """Of those who are visible, who has such a role: `role`, `registry` or both.

    Raises: NotPermitted (NO_ACTOR).
    """
    return visible(actor).filter(pk__in=_roles(actor).filter(**role).values("person"))


def find(actor, username) -> Person:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_PERSON)."""
    found = visible(actor).filter(username=username).first()
    if found is None:
        raise unknown(username)
    return found


def _roles(actor):
    """The roles of which the actor may know."""
    permissions.require_actor(actor)
    registries = actor.registries()
    if registries is None:
        return RoleAssignment.objects.all()
    known = Q(registry__in=registries) | Q(person=actor.person_id)
    return RoleAssignment.objects.filter(known)


def managing():
    """Persons who manage the node and may act."""
    return Person.objects.filter(
        is_active=True,
        role_assignments__role="system_administrator",
        role_assignments__registry__isnull=True,
    )


def unknown(username) -> NotFound:
    """The error for a person who is not there, or not for this actor."""
    return NotFound(
        Failure(
            "UNKNOWN_PERSON",
            _("There is no such person."),
            _("See the list of persons."),
            data={"person": username},
        )
    )
