"""Changes of persons: roles given and taken back, another name, letting in again; as one system
administrator asks and another one decides, and neither of them is the person."""

from django.utils.translation import gettext_lazy as _

from registry import errors
from registry.errors import Failure
from registry.models import Person, Role, RoleAssignment
from registry.selectors import persons
from registry.services import people

from .kind import Asked
from .of_node import OfNode
from .persons import registry_id, role_failures

# Who asks and who decides.
FEWEST_MANAGERS = 2
CHANGES = ("display_name", "give", "take", "active")


def _failures(asked: Asked):
    said = asked.payload
    person = Person.objects.filter(username=said["person"], is_system=False).first()
    if person is None:
        yield from persons.unknown(said["person"]).failures
        return
    if person.pk == asked.actor.person_id:
        yield errors.from_constraint("person_is_changed_by_others").failures[0]
    if not any(said.get(name) for name in CHANGES):
        yield Failure(
            "NOTHING_TO_CHANGE",
            _("No change is named."),
            _("Name a role to give or to take, another name, or say that the person acts again."),
            data={"person": person.username},
        )
    for given in said.get("give", ()):
        yield from role_failures(given["role"], given.get("registry"))
    for taken in said.get("take", ()):
        yield from _taking_failures(person, taken["role"], taken.get("registry"))
    if not asked.reason.strip():
        yield Failure(
            "REASON_MISSING",
            _("A reason must be given."),
            _("Say why in a sentence: it is shown to those who decide."),
            data={"field": "reason"},
        )


def _taking_failures(person, role, code):
    rows = RoleAssignment.objects.filter(person=person, role=role)
    if not rows.filter(**_in(code)).exists():
        yield Failure(
            "ROLE_NOT_GIVEN",
            _("The person does not have this role."),
            _("See the roles of the person."),
            data={"role": role, "registry": code},
        )
    elif role == Role.SYSTEM_ADMINISTRATOR and code is None:
        if persons.managing().exclude(pk=person.pk).count() < FEWEST_MANAGERS:
            yield Failure(
                "SYSTEM_ADMINISTRATORS_TOO_FEW",
                _("Two system administrators must be left: one asks, the other decides."),
                _("Have another system administrator added first."),
                data={"person": person.username},
            )


def _change(asked: Asked):
    said, by = asked.payload, {"actor": asked.actor}
    person = Person.objects.get(username=said["person"])
    if said.get("display_name"):
        Person.objects.filter(pk=person.pk).update(display_name=said["display_name"])
    if said.get("active"):
        people.let_in_again(person_id=person.pk, **by)
    for each in said.get("take", ()):
        place = registry_id(each.get("registry"))
        people.take_role(person_id=person.pk, role=each["role"], registry_id=place, **by)
    for each in said.get("give", ()):
        place = registry_id(each.get("registry"))
        people.give_role(person_id=person.pk, role=each["role"], registry_id=place, **by)
    if said.get("give"):
        people.let_sign_in(person_id=person.pk, **by)


def _in(code):
    return {"registry__isnull": True} if code is None else {"registry__code": code}


CHANGE = OfNode(_failures, _change, about_account=False, of_node=True)
