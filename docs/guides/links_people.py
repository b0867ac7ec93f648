"""The people of the guide to links, with a key of each, printed as variables of a shell.

    python manage.py shell --no-imports < docs/guides/links_people.py > people.env

It is meant for a node that is tried: keys are shown, and stand in a file. Who is there already gets
another key.
"""

from django.db import transaction
from django.utils import timezone

from registry.models import Person, Registry, Role, RoleAssignment
from registry.services import api_keys, people

# The administrators of one registry each; the others have no role, and become representatives.
PEOPLE = [
    ("BEIJING", "CN-BJ-REG"),
    ("TOKYO", "JP-13-REG"),
    ("SELLER_1", None),
    ("SELLER_2", None),
    ("SEOUL_1", None),
    ("SEOUL_2", None),
    ("BUYER_1", None),
    ("BUYER_2", None),
]

with transaction.atomic():
    setup = people.system_actor(username="setup", display_name="Setup")
    for variable, place in PEOPLE:
        name = "links-guide-" + variable.lower().replace("_", "-")
        person = Person.objects.filter(username=name).first()
        if person is None:
            person = people.add_person(actor=setup, username=name, display_name=name)
            if place:
                registry = Registry.objects.get(code=place)
                RoleAssignment.objects.create(
                    person=person, role=Role.ADMINISTRATOR, registry=registry
                )
        key = api_keys.issue_key(actor=setup, person_id=person.pk, label="guide", at=timezone.now())
        print(f"export {variable}={name} KEY_{variable}={key.text}")  # noqa: T201 - its output
