"""The persons of the walk-through: two who approve each other at the pages, two others who do so by
keys, and an auditor."""

from dataclasses import dataclass, field

from django.db import transaction

from registry.models import ApiKey, Person, Role

from . import api_keys, people, second_factors

KEY_LABEL = "walk-through"
SETUP = "setup"
BOTH = (Role.SYSTEM_ADMINISTRATOR, Role.ADMINISTRATOR)
# Username, name, roles in all registries: of those who sign in, and of those who have a key.
SIGN_IN = (
    ("administrator", "administrator", BOTH),
    ("colleague", "colleague", BOTH),
    ("auditor", "auditor", (Role.AUDITOR,)),
)
BY_KEY = (
    ("administrator-1", "administrator 1", (Role.ADMINISTRATOR,)),
    ("administrator-2", "administrator 2", (Role.ADMINISTRATOR,)),
    ("auditor", "auditor", (Role.AUDITOR,)),
)


@dataclass(frozen=True)
class Shown:
    """What can be shown only now: passwords and keys by the name of their person; without those
    that were shown before."""

    passwords: dict = field(default_factory=dict, repr=False)
    keys: dict = field(default_factory=dict, repr=False)


@transaction.atomic
def prepare(*, at, new_keys=False, new_passwords=False) -> Shown:
    """Adds whoever is missing, and gives passwords and keys to who has none.

    `new_keys` ends all keys of the walk-through's persons and issues others; `new_passwords`
    makes other one-time passwords and forgets the second factors that were added.
    """
    actor = people.system_actor(username=SETUP, display_name="Setup")
    passwords, keys = {}, {}
    for username, name, roles in SIGN_IN:
        person = find_or_add(actor, username, name, roles)
        people.let_sign_in(actor=actor, person_id=person.pk)
        if new_passwords or not person.has_usable_password():
            passwords[name] = people.give_one_time_password(actor=actor, person_id=person.pk)
            second_factors.forget(actor=actor, person_id=person.pk)
    for username, name, roles in BY_KEY:
        person = find_or_add(actor, username, name, roles)
        if new_keys:
            people.revoke_keys(actor=actor, person_id=person.pk, at=at)
        if not ApiKey.objects.filter(person=person, revoked_at=None).exists():
            issued = api_keys.issue_key(actor=actor, person_id=person.pk, label=KEY_LABEL, at=at)
            keys[name] = issued.text
    return Shown(passwords, keys)


def find_or_add(actor, username, name, roles):
    """A person with these roles in all registries, added where there is none of this username."""
    found = Person.objects.filter(username=username).first()
    if found is None:
        found = people.add_person(actor=actor, username=username, display_name=name)
        for role in roles:
            people.give_role(actor=actor, person_id=found.pk, role=role)
    return found
