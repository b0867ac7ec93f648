"""The actor of a request: a person, the key used, and the roles that hold where."""

from dataclasses import dataclass, field

from .models import ApiKey, Person, RoleAssignment


@dataclass(frozen=True)
class Actor:
    """Who acts. `roles` maps a registry's id to the roles there; None stands for all."""

    person_id: int
    api_key_id: int | None = None
    roles: dict = field(default_factory=dict)

    def roles_in(self, registry_id):
        """The roles that count in one registry."""
        return self.roles.get(None, frozenset()) | self.roles.get(registry_id, frozenset())

    def registries(self):
        """The ids of the registries in which the actor has a role; None for all of them."""
        return None if None in self.roles else set(self.roles)


def actor_for(person: Person, api_key: ApiKey | None = None) -> Actor:
    """The actor that a signed-in person or an authenticated key is."""
    given = RoleAssignment.objects.filter(person=person).values_list("registry_id", "role")
    return Actor(person.pk, api_key.pk if api_key else None, by_registry(given))


def by_registry(given) -> dict:
    """Role assignments, as (registry id or None, role), as an actor keeps them."""
    roles = {}
    for registry_id, role in given:
        roles[registry_id] = roles.get(registry_id, frozenset()) | {role}
    return roles
