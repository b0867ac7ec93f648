"""Which accounts a transaction type may take units from and bring them to."""

from django.utils.translation import gettext_lazy as _

from .base import Check, LineCheck


class AccountsDiffer(LineCheck):
    code = "SAME_ACCOUNT"
    number = 3005
    message = _("The source and the destination are the same account.")
    hint = _("Choose another destination.")

    def broken(self, line, proposal):
        if line.source == line.destination and proposal.facts.type["effect"] != "consolidate":
            return {"account": proposal.facts.accounts[line.source].number}
        return None


class OneRegistry(Check):
    code = "SEVERAL_REGISTRIES"
    number = 3006
    message = _("The accounts are in different registries.")
    hint = _("Units go to another registry by a transfer over a link.")

    def failures(self, proposal):
        if proposal.facts.type["effect"] == "convert":
            return
        registries = {
            proposal.facts.accounts[account].registry_id
            for line in proposal.lines
            for account in (line.source, line.destination)
            if account is not None
        }
        if len(registries) > 1:
            yield None, {"registries": sorted(str(registry) for registry in registries)}


class KindAllowed(LineCheck):
    """The account at an `end` of a line is of a kind that the type allows there.

    A reversal brings units back whatever the kind of the account that they came from.
    """

    end = ""

    def broken(self, line, proposal):
        named = getattr(line, self.end)
        if named is None or proposal.reverses is not None:
            return None
        account = proposal.facts.accounts[named]
        if account.kind in proposal.facts.type[f"{self.end}_kinds"]:
            return None
        return {"account": account.number, "kind": account.kind}


class SourceKind(KindAllowed):
    code = "SOURCE_KIND_NOT_ALLOWED"
    number = 3014
    message = _("This type of transaction takes no units from an account of this kind.")
    hint = _("See which account kinds the transaction type allows.")
    end = "source"


class DestinationKind(KindAllowed):
    code = "DESTINATION_KIND_NOT_ALLOWED"
    number = 3015
    message = _("This type of transaction brings no units to an account of this kind.")
    hint = _("See which account kinds the transaction type allows.")
    end = "destination"
