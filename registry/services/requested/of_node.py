"""What is asked for the whole node: two system administrators, and a signature of programs."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotPermitted
from registry.models import ApiKey, Role

from .kind import Kind

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR})
# Long enough to hand it over by telephone, too short to be found on a desk.
VALID_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class OfNode(Kind):
    """Asked for and decided by system administrators. Programs sign such a request; a secret proves
    nobody's presence."""

    def require_asker(self, actor, registry, account):
        """Raises: NotPermitted (…, SIGNED_REQUEST_REQUIRED)."""
        permissions.require_role(actor, MANAGERS, None)
        require_signature(actor)

    require_decider = require_asker


def require_signature(actor):
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
