"""Recovery of a person who has lost the second factor: one system administrator asks, another one
decides, and neither of them is the person."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from registry import errors, permissions
from registry.errors import Failure, NotPermitted
from registry.models import ApiKey, GovernanceRequest, Person, Role, SecurityEvent
from registry.services import people, second_factors
from registry.services.security_events import record

from .kind import Asked, Kind

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR})
# Long enough to hand it over by telephone, too short to be found on a desk.
VALID_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Recovery(Kind):
    """Of the whole node. Programs sign such a request; a secret proves nobody's presence."""

    def require_asker(self, actor, registry, account):
        """Raises: NotPermitted (…, SIGNED_REQUEST_REQUIRED)."""
        permissions.require_role(actor, MANAGERS, None)
        _require_signature(actor)

    require_decider = require_asker


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
    """Ends sessions, old factors and the old password; the password that lets the person in once,
    to choose another and to enrol a factor."""
    person = Person.objects.get(username=asked.payload["person"])
    second_factors.forget(actor=asked.actor, person_id=person.pk)
    until = asked.at + VALID_FOR
    password = people.give_one_time_password(
        actor=asked.actor, person_id=person.pk, valid_until=until
    )
    kind = SecurityEvent.Kind.RECOVERED
    record(person_id=person.pk, kind=kind, actor=asked.actor, request=str(asked.request.pk))
    return password


def _require_signature(actor):
    """Raises: NotPermitted. On the pages the second factor is asked for instead."""
    key = ApiKey.objects.filter(pk=actor.api_key_id).first() if actor.api_key_id else None
    if key is not None and key.public_key is None:
        raise NotPermitted(
            Failure(
                "SIGNED_REQUEST_REQUIRED",
                _("This is accepted in a signed request only."),
                _("Use a key that signs (RFC 9421), or the administrators' pages."),
            )
        )


RECOVERY = Recovery(_failures, _recover, about_account=False, of_node=True)
