"""Caps, vintages, and units whose books are being compared."""

from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from registry.models import Issuance, IssuanceCap

from .base import Check, LineCheck


class VintageAllowed(LineCheck):
    code = "VINTAGE_NOT_ALLOWED"
    number = 4007
    message = _("This type of transaction does not move units of this vintage.")
    hint = _("Choose units of a vintage that the transaction type allows.")
    of_rules = True

    def broken(self, line, proposal):
        kind, vintage = proposal.facts.type, line.vintage_from
        # Where no vintage is named, the gate examines the units that it picks.
        if vintage is None:
            return None
        earliest, latest = kind["earliest_vintage"], kind["latest_vintage"]
        if (earliest is None or vintage >= earliest) and (latest is None or vintage <= latest):
            return None
        return {"vintage_from": vintage.isoformat()}


class BooksClosed(Check):
    code = "RECONCILIATION_PENDING"
    number = 3017
    message = _("The books of this unit type are being reconciled.")
    hint = _("Wait until the reconciliation has ended.")

    def failures(self, proposal):
        pending = proposal.facts.reconciling
        if not pending:
            return
        registries = proposal.facts.registries
        for number, line in enumerate(proposal.lines, 1):
            if any(
                registry in registries and unit_type in (None, line.unit_type)
                for registry, unit_type in pending
            ):
                yield number, {"unit_type": proposal.facts.unit_types[line.unit_type].code}


class IssuanceCapped(Check):
    """The database holds the cap under lock; here it is told with all other failures."""

    code = "ISSUANCE_CAP_EXCEEDED"
    number = 4021
    message = _("More units would be issued than the cap allows.")
    hint = _("Issue at most what the cap leaves.")

    def failures(self, proposal):
        if proposal.facts.type["effect"] not in ("issue", "convert"):
            return
        asked = {}
        for issuance in proposal.attributes.get("issuances", []):
            for line in proposal.lines[issuance["first_line"] - 1 : issuance["last_line"]]:
                place = line.unit_type, issuance["vintage_from"]
                asked[place] = asked.get(place, 0) + line.quantity
        for cap in IssuanceCap.objects.filter(unit_type__in={pk for pk, _vintage in asked}):
            vintage = cap.vintage_from and cap.vintage_from.isoformat()
            units = sum(
                quantity
                for (unit_type, day), quantity in asked.items()
                if unit_type == cap.unit_type_id and vintage in (None, day)
            )
            left = cap.units - _issued(cap)
            if units > left:
                yield (
                    None,
                    {
                        "unit_type": proposal.facts.unit_types[cap.unit_type_id].code,
                        "vintage_from": vintage,
                        "cap": str(cap.units),
                        "left": str(left),
                        "asked": str(units),
                    },
                )


def _issued(cap):
    rows = Issuance.objects.filter(unit_type=cap.unit_type_id)
    if cap.vintage_from is not None:
        rows = rows.filter(vintage_from=cap.vintage_from)
    firsts_and_lasts = rows.aggregate(
        lasts=Coalesce(Sum("last"), 0), firsts=Coalesce(Sum("first"), 0)
    )
    return firsts_and_lasts["lasts"] - firsts_and_lasts["firsts"] + rows.count()
