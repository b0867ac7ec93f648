"""Persons, their roles and their passwords."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.actors import Actor, actor_for, by_registry
from registry.errors import Conflict, Failure, InvalidInput, NotFound
from registry.models import ApiKey, Person, Role, RoleAssignment, SecurityEvent
from registry.selectors import system_roles

from .security_events import record

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM})
CHANGED_WITH_PASSWORD = ["password", "must_change_password", "password_valid_until"]
# No letter or digit that is read for another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUP = 5


@dataclass(frozen=True)
class Preferences:
    """How a person wants to be told; None leaves what they have chosen before."""

    language: str | None = None
    mail_notices: bool | None = None
    email: str | None = None


def system_actor(*, username, display_name) -> Actor:
    """The actor that a part of the software is; made at its first use, and can never sign in.

    It has the system's role everywhere: every act of the software is then someone's act.
    """
    given = system_roles.of(username)
    if (None, Role.SYSTEM) in {row[1:] for row in given}:
        return Actor(given[0][0], roles=by_registry(row[1:] for row in given))
    return _made_system_actor(username, display_name)


@transaction.atomic
def _made_system_actor(username, display_name):
    person, is_new = Person.objects.get_or_create(
        username=username, defaults={"display_name": display_name, "is_system": True}
    )
    if is_new:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    RoleAssignment.objects.get_or_create(person=person, role=Role.SYSTEM, registry=None)
    return actor_for(person)


def add_person(*, actor, username, display_name, language="en", signs_in=False) -> Person:
    """Adds someone without a password and without a role.

    Raises: NotPermitted, Conflict (USERNAME_TAKEN).
    """
    permissions.require_role(actor, MANAGERS, None)
    person = Person(
        username=username, display_name=display_name, language=language, is_staff=signs_in
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise username_taken(username) from error
    return person


def username_taken(username) -> Conflict:
    """The refusal of a username that a person has."""
    return Conflict(
        Failure(
            "USERNAME_TAKEN",
            _("Another person has this username."),
            _("Choose another username."),
            data={"username": username},
        )
    )


def let_sign_in(*, actor, person_id) -> None:
    """Opens the pages to somebody who was added without them.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, MANAGERS, None)
    Person.objects.filter(pk=person_id, is_staff=False).update(is_staff=True)


@transaction.atomic
def give_role(*, actor, person_id, role, registry_id=None) -> RoleAssignment:
    """Gives a role in one registry, or in all; giving it again changes nothing.

    Raises: NotPermitted, NotFound, InvalidInput (ROLE_IS_OF_ACCOUNTS).
    """
    permissions.require_role(actor, MANAGERS, None)
    if role == Role.REPRESENTATIVE:
        raise InvalidInput(
            Failure(
                "ROLE_IS_OF_ACCOUNTS",
                _("A representative acts for accounts, not for a registry."),
                _("Ask for the appointment for each account."),
            )
        )
    given, is_new = RoleAssignment.objects.get_or_create(
        person=_person(person_id), role=Role(role), registry_id=registry_id
    )
    if is_new:
        where = given.registry.code if given.registry else ""
        kind = SecurityEvent.Kind.ROLE_GIVEN
        record(person_id=person_id, kind=kind, actor=actor, role=given.role, registry=where)
    return given


@transaction.atomic
def take_role(*, actor, person_id, role, registry_id=None) -> bool:
    """Takes back a role in one registry, or the one in all; whether the person had it.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, MANAGERS, None)
    rows = RoleAssignment.objects.filter(person_id=person_id, role=role, registry_id=registry_id)
    taken = rows.select_related("registry").first()
    if taken is None:
        return False
    where = taken.registry.code if taken.registry else ""
    rows.delete()
    kind = SecurityEvent.Kind.ROLE_TAKEN
    record(person_id=person_id, kind=kind, actor=actor, role=role, registry=where)
    return True


@transaction.atomic
def let_in_again(*, actor, person_id) -> None:
    """A person who was deactivated acts again, with the keys and factors of before.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, MANAGERS, None)
    if Person.objects.filter(pk=person_id, is_active=False).update(is_active=True):
        record(person_id=person_id, kind=SecurityEvent.Kind.REACTIVATED, actor=actor)


@transaction.atomic
def give_one_time_password(*, actor, person_id, valid_until=None, first_part="") -> str:
    """A password that lets its person in once, to choose another; until an instant, if given.

    With a first part, which somebody else knows, what is returned is only the second one.
    All sessions of the person end with the password before.

    Raises: NotPermitted, NotFound.
    """
    permissions.require_role(actor, MANAGERS, None)
    person = _person(person_id)
    length = (2 if first_part else 4) * GROUP
    drawn = grouped("".join(secrets.choice(ALPHABET) for _ in range(length)))
    person.set_password(f"{first_part}-{drawn}" if first_part else drawn)
    person.must_change_password = True
    person.password_valid_until = valid_until
    person.save(update_fields=CHANGED_WITH_PASSWORD)
    record(person_id=person_id, kind=SecurityEvent.Kind.PASSWORD_GIVEN, actor=actor)
    return drawn


def grouped(letters) -> str:
    """Letters in groups that can be read out: abcde-fghjk."""
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def change_password(*, person, password) -> None:
    """The person's own choice, which the caller has validated."""
    person.set_password(password)
    person.must_change_password = False
    person.password_valid_until = None
    person.save(update_fields=CHANGED_WITH_PASSWORD)


@transaction.atomic
def set_preferences(*, actor, chosen: Preferences) -> None:
    """A person's own choice of language and mail; the mail address before is told of another one.

    Raises: NotPermitted (NO_ACTOR), InvalidInput (UNKNOWN_LANGUAGE, NOT_A_MAIL_ADDRESS).
    """
    permissions.require_actor(actor)
    failures = list(preference_failures(chosen))
    if failures:
        raise InvalidInput(*failures)
    person = Person.objects.get(pk=actor.person_id)
    before = person.email
    changes = {name: value for name, value in vars(chosen).items() if value is not None}
    Person.objects.filter(pk=person.pk).update(**changes)
    if chosen.email is not None and chosen.email != before:
        kind = SecurityEvent.Kind.MAIL_CHANGED
        record(person_id=person.pk, kind=kind, actor=actor, before=before)


def preference_failures(chosen: Preferences):
    """What forbids a choice of language or mail address."""
    if chosen.language is not None and chosen.language not in dict(settings.LANGUAGES):
        yield Failure(
            "UNKNOWN_LANGUAGE",
            _("The node does not speak this language."),
            _("Choose one of those that data names."),
            data={"pointer": "/language", "languages": list(dict(settings.LANGUAGES))},
        )
    try:
        if chosen.email:
            validate_email(chosen.email)
    except ValidationError:
        yield Failure(
            "NOT_A_MAIL_ADDRESS",
            _("This is not a mail address."),
            _("Write it as name@mail.example, or leave it empty."),
            data={"pointer": "/email"},
        )


def revoke_keys(*, actor, person_id, at) -> int:
    """Ends all keys of a person at once; returns how many were in force.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, MANAGERS, None)
    return ApiKey.objects.filter(person_id=person_id, revoked_at=None).update(revoked_at=at)


def _person(person_id):
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound(
            Failure(
                "UNKNOWN_PERSON",
                _("There is no such person."),
                _("Check the person's number."),
                data={"person": str(person_id)},
            )
        )
    return person
