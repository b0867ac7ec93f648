"""Divide a limit into slots, so that many can draw on it at the same moment."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import limits, permissions
from registry.errors import Failure, InvalidInput, RuleViolated
from registry.models.limits import MOST_SLOTS


@transaction.atomic
def divide_limit(*, actor, pool, period, slots) -> None:
    """Divides what all together may take of a pool in a period into so many equal slots.

    Nothing that was taken or is left changes, and whoever draws meanwhile waits for a moment. The
    next period of the pool begins with as many.

    Raises: NotPermitted, InvalidInput (SLOTS_OUT_OF_RANGE), RuleViolated (LIMIT_UNKNOWN).
    """
    permissions.require_role(actor, permissions.DECIDERS, None)
    if not 1 <= slots <= MOST_SLOTS:
        raise InvalidInput(
            Failure(
                "SLOTS_OUT_OF_RANGE",
                _("A limit has from 1 to 64 slots."),
                _("As many as there are programs that draw at the same moment suffice."),
                data={"slots": str(slots)},
            )
        )
    if not limits.divide(pool, period, slots):
        raise RuleViolated(limits.unknown(limits.Draw(pool, period, 0)))
