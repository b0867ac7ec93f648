"""What links add to the checks of proposals (the CHECKS port)."""

from django.utils.translation import gettext_lazy as _

from linking.models import RetirementFor
from registry.checks.base import Check

STATE = RetirementFor.State


class RetirementStandsElsewhere(Check):
    """What was retired for a use elsewhere is not taken back while it may count there."""

    code = "RETIRED_FOR_ANOTHER"
    number = 3034
    message = _("The credits were retired for a use in another registry.")
    hint = _("The retirement can be reversed only after that registry has refused them.")

    def failures(self, proposal):
        original = proposal.reverses
        if original is None:
            return
        rows = RetirementFor.objects.filter(transaction=original)
        row = rows.exclude(state__in=[STATE.REFUSED, STATE.ABORTED]).first()
        if row is not None:
            yield None, {"registry": row.acceptor.code, "state": row.state}
