"""Recovery of a person who has lost the second factor: one system administrator asks, another one
decides, and neither of them is the person."""

from django.utils.translation import gettext_lazy as _

from registry import errors
from registry.errors import Failure
from registry.models import GovernanceRequest, Person, SecurityEvent
from registry.services import people, second_factors
from registry.services.security_events import record

from .kind import Asked
from .of_node import VALID_FOR, OfNode
from .parts import first_part


def _failures(asked: Asked):
    username = asked.payload["person"]
    person = Person.objects.filter(username=username).first()
    if person is None or not person.is_active or person.is_system:
        yield Failure(
            "UNKNOWN_PERSON",
            _("There is no such person."),
            _("Have the person added first."),
            data={"person": username},
        )
    elif person.pk == asked.actor.person_id:
        yield errors.from_constraint("recovery_is_of_another_person").failures[0]
    if not asked.reason.strip():
        yield Failure(
            "REASON_MISSING",
            _("A reason must be given."),
            _("Say why in a sentence: it is shown to those who decide."),
            data={"field": "reason"},
        )
    waiting = GovernanceRequest.objects.filter(
        kind=GovernanceRequest.Kind.RECOVERY,
        status=GovernanceRequest.Status.WAITING,
        payload__person=username,
    )
    if waiting.exists():
        yield Failure(
            "RECOVERY_PENDING",
            _("The recovery of this person waits for a decision already."),
            _("Have it decided, or taken back by who asked for it."),
            data={"person": username},
        )


def _recover(asked: Asked) -> str:
    """Ends sessions, old factors and the old password; the second part of the password that lets
    the person in once, to choose another and to enrol a factor."""
    person = Person.objects.get(username=asked.payload["person"])
    second_factors.forget(actor=asked.actor, person_id=person.pk)
    until = asked.at + VALID_FOR
    password = people.give_one_time_password(
        actor=asked.actor,
        person_id=person.pk,
        valid_until=until,
        first_part=first_part(asked.request),
    )
    kind = SecurityEvent.Kind.RECOVERED
    record(person_id=person.pk, kind=kind, actor=asked.actor, request=str(asked.request.pk))
    return password


RECOVERY = OfNode(_failures, _recover, about_account=False, of_node=True)
