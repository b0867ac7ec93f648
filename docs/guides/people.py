"""The people of the guide to REST, with a key of each, printed as variables of a shell.

    python manage.py shell --no-imports < docs/guides/people.py > people.env

It is meant for a node that is tried: keys are shown, and stand in a file.
"""

from django.db import transaction
from django.utils import timezone

from registry.models import Registry, Role, RoleAssignment
from registry.services import api_keys, people

PEOPLE = [
    ("KEY_1", "guide-administrator-1", Role.ADMINISTRATOR, "KR-ETRS"),
    ("KEY_2", "guide-administrator-2", Role.ADMINISTRATOR, "KR-ETRS"),
    ("KEY_INITIATOR", "guide-initiator", None, None),
    ("KEY_APPROVER", "guide-approver", None, None),
    ("KEY_AUDITOR", "guide-auditor", Role.AUDITOR, None),
    ("KEY_ELSEWHERE", "guide-elsewhere", Role.ADMINISTRATOR, "JP-GX-REG"),
]

with transaction.atomic():
    setup = people.system_actor(username="setup", display_name="Setup")
    for variable, username, role, place in PEOPLE:
        person = people.add_person(actor=setup, username=username, display_name=username)
        if role is not None:
            registry = place and Registry.objects.get(code=place)
            RoleAssignment.objects.create(person=person, role=role, registry=registry)
        key = api_keys.issue_key(actor=setup, person_id=person.pk, label="guide", at=timezone.now())
        print(f"export {variable}={key.text}")  # noqa: T201 - its output is what it is for

print("export INITIATOR=guide-initiator APPROVER=guide-approver")  # noqa: T201
