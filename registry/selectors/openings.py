"""What registries brought with them when they moved here, as an actor may read it."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, NotFound
from registry.models import OpeningBalance

from .scope import in_scope


def visible(actor):
    """Opening balances, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    rows = OpeningBalance.objects.select_related("registry", "unit_type", "transaction")
    return in_scope(rows, actor).order_by("-pk")


def find(actor, number) -> OpeningBalance:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_OPENING_BALANCE)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_OPENING_BALANCE",
                _("There is no such opening balance."),
                _("See the list of opening balances."),
                data={"opening_balance": str(number)},
            )
        )
    return found
