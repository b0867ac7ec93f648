"""Which ends a line must have, by what its transaction type does."""

from django.utils.translation import gettext_lazy as _

from .base import LineCheck

# What these do needs no account to take units from, or none to bring them to.
BRINGS_IN = ("issue", "post_in")
BRINGS_NOWHERE = ("freeze", "release", "post_out")


class SourceGiven(LineCheck):
    code = "SOURCE_MISSING"
    number = 3011
    message = _("The line names no source account.")
    hint = _("Name the account that holds the units.")
    needs_existing = False

    def broken(self, line, proposal):
        if line.source is not None or proposal.facts.type is None:
            return None
        effect = proposal.facts.type["effect"]
        if effect in BRINGS_IN or (effect == "convert" and line.destination is not None):
            return None
        return {"effect": effect}


class DestinationGiven(LineCheck):
    code = "DESTINATION_MISSING"
    number = 3012
    message = _("The line names no destination account.")
    hint = _("Name the account that receives the units.")
    needs_existing = False

    def broken(self, line, proposal):
        if line.destination is not None or proposal.facts.type is None:
            return None
        effect = proposal.facts.type["effect"]
        return None if effect in BRINGS_NOWHERE else {"effect": effect}


class EndsUsed(LineCheck):
    code = "ACCOUNT_NOT_USED"
    number = 3016
    message = _("The line names an account that this type of transaction does not use.")
    hint = _("Leave out the source of an issuance and the destination of a freeze.")
    needs_existing = False

    def broken(self, line, proposal):
        if proposal.facts.type is None:
            return None
        effect = proposal.facts.type["effect"]
        if line.source is not None and effect in BRINGS_IN:
            return {"effect": effect, "end": "source"}
        if line.destination is not None and effect in BRINGS_NOWHERE:
            return {"effect": effect, "end": "destination"}
        return None
