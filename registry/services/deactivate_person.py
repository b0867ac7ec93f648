"""Deactivate a person: at once, by one system administrator; two let the person in again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Conflict, Failure, InvalidInput, NotPermitted
from registry.models import Person, Role, SecurityEvent
from registry.selectors import persons

from .requested.of_node import require_signature
from .security_events import record

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR})


@transaction.atomic
def deactivate_person(*, actor, username, reason) -> Person:
    """From now on nobody signs in as the person, and none of their keys acts.

    What protects does not wait for somebody else, as an emergency stop does not.

    Raises: NotPermitted, NotFound (UNKNOWN_PERSON), InvalidInput (REASON_MISSING), Conflict
    (PERSON_DEACTIVATED).
    """
    permissions.require_role(actor, MANAGERS, None)
    require_signature(actor)
    found = persons.find(actor, username)
    if found.is_system:
        raise persons.unknown(username)
    if found.pk == actor.person_id:
        raise NotPermitted(
            Failure(
                "DEACTIVATION_OF_ONESELF",
                _("Nobody deactivates themself: a system administrator must be left."),
                _("Ask another system administrator."),
            )
        )
    if not reason.strip():
        raise InvalidInput(
            Failure(
                "REASON_MISSING",
                _("A reason must be given."),
                _("Say why in a sentence: it is shown to those who decide."),
                data={"field": "reason", "pointer": "/reason"},
            )
        )
    if not Person.objects.filter(pk=found.pk, is_active=True).update(is_active=False):
        raise Conflict(
            Failure(
                "PERSON_DEACTIVATED",
                _("This person is deactivated already."),
                _("Ask for a change of the person that lets them in again."),
                data={"person": username},
            )
        )
    kind = SecurityEvent.Kind.DEACTIVATED
    record(person_id=found.pk, kind=kind, actor=actor, reason=reason)
    return persons.find(actor, username)
