"""Persons: added with their roles, as one system administrator asks and another one decides."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, NotFound
from registry.models import Person, Role
from registry.selectors import reference
from registry.services import people

from .kind import Asked
from .of_node import VALID_FOR, OfNode
from .parts import first_part

# What a person can be given: not what the software is, nor what representations give.
ROLES = [role.value for role in Role if role not in (Role.SYSTEM, Role.REPRESENTATIVE)]


def _failures(asked: Asked):
    said = asked.payload
    username = said["person"]
    if Person.username_validator.regex.match(username) is None:
        yield Failure(
            "NOT_A_USERNAME",
            _("This is not a username."),
            _("Use letters, digits and @ . + - _ only, 150 at most."),
            data={"person": username, "field": "person"},
        )
    elif Person.objects.filter(username=username).exists():
        yield from people.username_taken(username).failures
    yield from people.preference_failures(_preferences(said))
    for given in said.get("roles", ()):
        yield from role_failures(given["role"], given.get("registry"))


def role_failures(role, code):
    """What forbids to give a role in a registry, by its code; in all of them for None."""
    if code is not None and role == Role.SYSTEM_ADMINISTRATOR:
        yield Failure(
            "ROLE_IS_OF_THE_NODE",
            _("A system administrator is one of the whole node."),
            _("Leave out the registry."),
            data={"role": role, "registry": code},
        )
    try:
        registry_id(code)
    except NotFound as error:
        yield from error.failures


def _add(asked: Asked) -> str:
    """The second part of the password that lets the new person in once, to choose another and to
    enrol a factor."""
    said, by = asked.payload, {"actor": asked.actor}
    added = people.add_person(
        username=said["person"],
        display_name=said["display_name"],
        language=said.get("language", "en"),
        signs_in=True,
        **by,
    )
    Person.objects.filter(pk=added.pk).update(email=said.get("email", ""))
    for given in said.get("roles", ()):
        place = registry_id(given.get("registry"))
        people.give_role(person_id=added.pk, role=given["role"], registry_id=place, **by)
    until = asked.at + VALID_FOR
    begins = {"first_part": first_part(asked.request)}
    return people.give_one_time_password(person_id=added.pk, valid_until=until, **begins, **by)


def _preferences(said):
    return people.Preferences(language=said.get("language"), email=said.get("email"))


def registry_id(code):
    """Raises: NotFound (UNKNOWN_REGISTRY)."""
    return None if code is None else reference.registry(code).pk


ADDITION = OfNode(_failures, _add, about_account=False, of_node=True)
