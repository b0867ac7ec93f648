"""Which units a transaction type moves, and from which registry they may come."""

import itertools

from django.utils.translation import gettext_lazy as _

from .base import Check, LineCheck


class UnitKindAllowed(LineCheck):
    code = "UNIT_KIND_NOT_ALLOWED"
    number = 4002
    message = _("This type of transaction does not move units of this kind.")
    hint = _("See which kinds of units the transaction type allows.")

    def broken(self, line, proposal):
        unit_type = proposal.facts.unit_types[line.unit_type]
        if unit_type.kind in proposal.facts.type["unit_kinds"]:
            return None
        return {"unit_type": unit_type.code, "kind": unit_type.kind}


class UnitTypeTransferable(LineCheck):
    code = "UNIT_TYPE_NOT_TRANSFERABLE"
    number = 4003
    message = _("Units of this type are for the holder's own use.")
    hint = _("They can be surrendered or cancelled by their holder only.")

    def broken(self, line, proposal):
        unit_type = proposal.facts.unit_types[line.unit_type]
        if unit_type.transferable or proposal.type_code not in ("transfer", "delivery"):
            return None
        return {"unit_type": unit_type.code}


class IssuedAtHome(LineCheck):
    code = "UNIT_TYPE_OF_ANOTHER_REGISTRY"
    number = 4004
    message = _("A registry issues its own unit types only.")
    hint = _("Choose an account in the registry that issues this unit type.")

    def broken(self, line, proposal):
        if line.source is not None or proposal.facts.type["effect"] == "post_in":
            return None
        unit_type = proposal.facts.unit_types[line.unit_type]
        account = proposal.facts.accounts[line.destination]
        if unit_type.registry_id == account.registry_id:
            return None
        return {"unit_type": unit_type.code, "account": account.number}


class Convertible(Check):
    code = "NOT_CONVERTIBLE"
    number = 4005
    message = _("The issued units are not what the cancelled units convert to, one for one.")
    hint = _("A conversion issues as many units of the type that the cancelled type names.")

    def failures(self, proposal):
        if proposal.facts.type["effect"] != "convert":
            return
        balance = {}
        for number, line in enumerate(proposal.lines, 1):
            if line.minimum is not None and line.minimum < line.quantity:
                # A partial fill would issue more than was converted.
                yield number, {"minimum": str(line.minimum)}
            unit_type = proposal.facts.unit_types[line.unit_type]
            if line.source is None:
                balance[line.unit_type] = balance.get(line.unit_type, 0) - line.quantity
            else:
                target = unit_type.converts_to_id
                balance[target] = balance.get(target, 0) + line.quantity
        if any(balance.values()):
            yield None, {}


class ConvertedUnitsEnd(LineCheck):
    code = "CONVERSION_ACCOUNT_WRONG"
    number = 4006
    message = _("Converted units end in the account of converted units; issued ones go elsewhere.")
    hint = _("Bring the old units to the conversion account and the new ones to their holder.")

    def broken(self, line, proposal):
        if proposal.facts.type["effect"] != "convert":
            return None
        account = proposal.facts.accounts[line.destination]
        if (account.kind == "conversion") == (line.source is not None):
            return None
        return {"account": account.number, "kind": account.kind}


class SerialsNamedOnce(Check):
    code = "SERIALS_NAMED_TWICE"
    number = 4010
    message = _("Two lines name the same serials.")
    hint = _("Name each serial in one line only.")

    def failures(self, proposal):
        named = sorted(
            (line.unit_type, line.first, line.first + line.quantity - 1, number)
            for number, line in enumerate(proposal.lines, 1)
            if line.first is not None
        )
        for before, after in itertools.pairwise(named):
            if before[0] == after[0] and after[1] <= before[2]:
                yield after[3], {"other_line": before[3]}
