"""What units an account holds, as the rules of links see them."""

from dataclasses import dataclass

from linking.models import ExternalRetirement, Transfer
from linking.route import Unit
from registry.models import Holding, Issuance


@dataclass(frozen=True)
class Block:
    """A run of serials of one kind of unit: [first, last], both inclusive."""

    first: int
    last: int
    vintage_from: object
    unit: Unit

    @property
    def quantity(self):
        return self.last - self.first + 1


def blocks_of(line, code, issuer) -> list[Block]:
    """The open blocks, or their parts, that the line may take: of the serials that it names, else
    all of the account and vintage that it names, by vintage and serial.

    `code` and `issuer` are those of the unit type and of its jurisdiction. Marked units are
    among them: whether they are free is the gate's to say.
    """
    held = Holding.objects.filter(
        account_id=line.source, unit_type_id=line.unit_type, closed_by=None
    )
    first, end = 1, None
    if line.first is not None:
        first, end = line.first, line.first + line.quantity - 1
        held = held.filter(first__lte=end, last__gte=first)
    if line.vintage_from is not None:
        held = held.filter(vintage_from=line.vintage_from)
    rows = list(
        held.order_by("vintage_from", "first").values_list(
            "first", "last", "vintage_from", "issuance_id"
        )
    )
    kinds = _kinds({row[3] for row in rows}, code, issuer)
    return [
        Block(max(begin, first), last if end is None else min(last, end), vintage, kinds[issuance])
        for begin, last, vintage, issuance in rows
    ]


def _kinds(issuances, code, issuer):
    """issuance -> what a link knows of its units; converted ones are looked through."""
    rows = Issuance.objects.filter(pk__in=issuances).select_related("posting")
    made_of = dict(
        Transfer.objects.filter(
            destination_transaction__posting__in=[row.posting_id for row in rows],
            method__in=[Transfer.Method.ISSUE_AND_CANCEL, Transfer.Method.ESCROW_MIRROR],
        ).values_list("destination_transaction__posting_id", "pk")
    )
    origins = {
        pk: (place, origin)
        for pk, place, origin in Transfer.objects.filter(pk__in=made_of.values()).values_list(
            "pk", "unit_type__registry__jurisdiction__code", "unit_type__code"
        )
    }
    outside = {
        posting: (place, origin)
        for posting, place, origin in ExternalRetirement.objects.filter(
            transaction__posting__in=[row.posting_id for row in rows]
        ).values_list(
            "transaction__posting_id", "unit_type__registry__jurisdiction__code", "unit_type__code"
        )
    }
    return {
        row.pk: Unit(
            code,
            issuer,
            row.vintage_from.year,
            project_type=row.activity or None,
            issued_on=row.posting.recorded_at.date() if row.posting else None,
            converted_from=origins.get(made_of.get(row.posting_id), outside.get(row.posting_id)),
        )
        for row in rows
    }
