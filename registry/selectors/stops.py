"""Emergency stops, and whether one stands."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, NotFound
from registry.models import Stop

from .scope import in_scope


def visible(actor):
    """The stops of registries and accounts that the actor may read, the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = Stop.objects.select_related("registry", "account", "unit_type", "placed_by")
    return in_scope(rows, actor, account="account").order_by("-pk")


def find(actor, number) -> Stop:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_STOP)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise unknown_stop(number)
    return found


def unknown_stop(number) -> NotFound:
    """The error for a stop that does not exist, or not for this actor."""
    return NotFound(
        Failure(
            "UNKNOWN_STOP",
            _("There is no such stop."),
            _("See the list of stops."),
            data={"stop": str(number)},
        )
    )


def stands(*, registry_id, subject) -> bool:
    """Whether what others know by this subject is stopped in a registry."""
    rows = Stop.objects.filter(registry_id=registry_id, subject=subject, lifted_at__isnull=True)
    return rows.exists()
