"""The persons of the walk-through: who signs in, two who approve each other, and an auditor."""

from dataclasses import dataclass, field

from django.db import transaction

from registry.models import ApiKey, Person, Role

from . import api_keys, people, second_factors

KEY_LABEL = "walk-through"
SETUP = "setup"
# Username, name, roles in all registries, and what they act with.
SIGNS_IN = ("administrator", "administrator", (Role.SYSTEM_ADMINISTRATOR, Role.ADMINISTRATOR))
BY_KEY = (
    ("administrator-1", "administrator 1", (Role.ADMINISTRATOR,)),
    ("administrator-2", "administrator 2", (Role.ADMINISTRATOR,)),
    ("auditor", "auditor", (Role.AUDITOR,)),
)


@dataclass(frozen=True)
class Shown:
    """What can be shown only now: a password, and keys by the name of their person; empty when
    it was shown before."""

    password: str = field(default="", repr=False)
    keys: dict = field(default_factory=dict, repr=False)


@transaction.atomic
def prepare(*, at, new_keys=False, new_password=False) -> Shown:
    """Adds whoever is missing, and gives a password and keys to who has none.

    `new_keys` ends all keys of the walk-through's persons and issues others; `new_password`
    makes another one-time password and forgets the second factors that were added.
    """
    actor = people.system_actor(username=SETUP, display_name="Setup")
    person, is_new = _person(actor, *SIGNS_IN, signs_in=True)
    password = ""
    if is_new or new_password:
        password = people.give_one_time_password(actor=actor, person_id=person.pk)
        second_factors.forget(actor=actor, person_id=person.pk)
    keys = {}
    for username, name, roles in BY_KEY:
        person, _is_new = _person(actor, username, name, roles)
        if new_keys:
            people.revoke_keys(actor=actor, person_id=person.pk, at=at)
        if not ApiKey.objects.filter(person=person, revoked_at=None).exists():
            issued = api_keys.issue_key(actor=actor, person_id=person.pk, label=KEY_LABEL, at=at)
            keys[name] = issued.text
    return Shown(password, keys)


def _person(actor, username, name, roles, *, signs_in=False):
    found = Person.objects.filter(username=username).first()
    if found is not None:
        return found, False
    person = people.add_person(actor=actor, username=username, display_name=name, signs_in=signs_in)
    for role in roles:
        people.give_role(actor=actor, person_id=person.pk, role=role)
    return person, True
