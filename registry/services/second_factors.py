"""Second factors that are lost: forgotten, so that their person enrols others."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from registry import permissions
from registry.models import SecurityEvent

from .people import MANAGERS
from .security_events import record


@transaction.atomic
def forget(*, actor, person_id) -> int:
    """Removes all second factors of a person, recovery codes among them; returns how many.

    At the next sign-in the person has to enrol one before seeing anything.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, MANAGERS, None)
    gone, _by_model = Authenticator.objects.filter(user_id=person_id).delete()
    if gone:
        record(
            person_id=person_id,
            kind=SecurityEvent.Kind.FACTOR_REMOVED,
            actor=actor,
            removed=str(gone),
        )
    return gone
