"""What the lines name must exist. The other checks run only when it does."""

from django.utils.translation import gettext_lazy as _

from .base import Check, LineCheck


class TypeInForce(Check):
    code = "UNKNOWN_TRANSACTION_TYPE"
    number = 1504
    message = _("No version of this transaction type is in force.")
    hint = _("See the list of transaction types.")
    needs_existing = False

    def failures(self, proposal):
        if proposal.facts.type is None:
            yield None, {"type": proposal.type_code}


class SourceExists(LineCheck):
    code = "UNKNOWN_SOURCE_ACCOUNT"
    number = 3007
    message = _("There is no such source account.")
    hint = _("Check the account number and its check digits.")
    needs_existing = False

    def broken(self, line, proposal):
        if line.source is not None and line.source not in proposal.facts.accounts:
            return {"account": str(line.source)}
        return None


class DestinationExists(LineCheck):
    code = "UNKNOWN_DESTINATION_ACCOUNT"
    number = 3013
    message = _("There is no such destination account.")
    hint = _("Check the account number and its check digits.")
    needs_existing = False

    def broken(self, line, proposal):
        if line.destination is not None and line.destination not in proposal.facts.accounts:
            return {"account": str(line.destination)}
        return None


class UnitTypeExists(LineCheck):
    code = "UNKNOWN_UNIT_TYPE"
    number = 4001
    message = _("There is no such unit type.")
    hint = _("See the list of unit types.")
    needs_existing = False

    def broken(self, line, proposal):
        if line.unit_type not in proposal.facts.unit_types:
            return {"unit_type": str(line.unit_type)}
        return None


class EntityExists(LineCheck):
    code = "UNKNOWN_ENTITY"
    number = 3008
    message = _("There is no such account holder.")
    hint = _("Name the entity for which the units are used.")
    needs_existing = False

    def broken(self, line, proposal):
        if line.entity is not None and line.entity not in proposal.facts.entities:
            return {"entity": str(line.entity)}
        return None
