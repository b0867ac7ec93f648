"""Hold units where they are, and let them go again. Neither makes a posting."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, RuleViolated
from registry.lines import Line
from registry.models import Mark

from .propose import Outcome, Request, propose


def freeze(*, actor, lines, key, at, reason="") -> Outcome:
    """Freezes units of the lines' source accounts, at once.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return propose(actor, Request("freeze", lines, key, at, reason))


def release(*, actor, freeze_id, key, at, reason="") -> Outcome:
    """Proposes to release everything that one freeze holds; a second person approves.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    marks = Mark.objects.filter(transaction_id=freeze_id, kind=Mark.Kind.FREEZE).order_by("id")
    lines = [
        Line(m.account_id, None, m.unit_type_id, m.last - m.first + 1, first=m.first) for m in marks
    ]
    if not lines:
        raise RuleViolated(
            Failure(
                "NOTHING_TO_RELEASE",
                _("The freeze has no standing mark."),
                _("It may have been released already."),
                data={"transaction": str(freeze_id)},
            )
        )
    attributes = {"freeze": str(freeze_id)}
    return propose(actor, Request("release", lines, key, at, reason, attributes))
