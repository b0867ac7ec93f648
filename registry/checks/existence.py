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


class NamedRowExists(LineCheck):
    """What a line names in `field` is `among` the facts; it is told as a `kind`."""

    needs_existing = False
    field = among = kind = ""

    def broken(self, line, proposal):
        named = getattr(line, self.field)
        if named is None or named in getattr(proposal.facts, self.among):
            return None
        return {self.kind: str(named)}


class SourceExists(NamedRowExists):
    code = "UNKNOWN_SOURCE_ACCOUNT"
    number = 3007
    message = _("There is no such source account.")
    hint = _("Check the account number and its check digits.")
    field, among, kind = "source", "accounts", "account"


class DestinationExists(NamedRowExists):
    code = "UNKNOWN_DESTINATION_ACCOUNT"
    number = 3013
    message = _("There is no such destination account.")
    hint = _("Check the account number and its check digits.")
    field, among, kind = "destination", "accounts", "account"


class UnitTypeExists(NamedRowExists):
    code = "UNKNOWN_UNIT_TYPE"
    number = 4001
    message = _("There is no such unit type.")
    hint = _("See the list of unit types.")
    field, among, kind = "unit_type", "unit_types", "unit_type"


class EntityExists(NamedRowExists):
    code = "UNKNOWN_ENTITY"
    number = 3008
    message = _("There is no such account holder.")
    hint = _("Name the entity for which the units are used.")
    field, among, kind = "entity", "entities", "entity"
