"""Whether the destination is one that the source trusts, where the type asks for it."""

from django.utils.translation import gettext_lazy as _

from registry import trust

from .base import Check


class DestinationTrusted(Check):
    code = "DESTINATION_NOT_TRUSTED"
    number = 3020
    message = _("The destination is not on the source account's list of trusted accounts.")
    hint = _("Have the account added to the list, or choose a trusted one.")
    of_rules = True

    def failures(self, proposal):
        if not proposal.facts.type["trusted_only"]:
            return
        accounts = proposal.facts.accounts
        found = trust.untrusted(trust.of_lines(proposal.lines), proposal.at)
        for number, line in enumerate(proposal.lines, 1):
            if (line.source, line.destination) in found:
                yield number, {"account": accounts[line.destination].number}
