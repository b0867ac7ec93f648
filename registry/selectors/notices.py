"""The notices of a person: their own, and nobody else's, whatever their role is."""

from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotFound
from registry.models import Notice

COUNTED = 100


def own(actor):
    """The actor's notices.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    return Notice.objects.filter(person_id=actor.person_id)


def unread(actor) -> int:
    """How many the actor has not read, counted no further than to a hundred."""
    return own(actor).filter(read_at__isnull=True).order_by()[:COUNTED].count()


def find(actor, number) -> Notice:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_NOTICE)."""
    found = own(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_NOTICE",
                _("There is no such notice."),
                _("See the list of notices: everybody sees their own."),
            )
        )
    return found
