"""What units an account holds, as the rules of links see them."""

from dataclasses import dataclass, replace

from linking.models import ExternalRetirement, Transfer
from linking.ranges import without
from linking.route import Unit
from registry.models import Holding, Issuance
from registry.prepared import Prepared, rows

from . import known_rows


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

    `code` and `issuer` are those of the unit type and of its jurisdiction. Units that a mark holds
    where they are, such as those of another proposal, are passed over; where they are named,
    whether they are free is the gate's to say.
    """
    first, end = 1, None
    if line.first is not None:
        first, end = line.first, line.first + line.quantity - 1
    held = _held(line, first, end)
    kinds = _kinds({row[3] for row in held}, code, issuer)
    blocks = [
        Block(max(begin, first), last if end is None else min(last, end), vintage, kinds[issuance])
        for begin, last, vintage, issuance in held
    ]
    if line.first is not None:
        return blocks
    marked = _marked(line)
    return [
        replace(block, first=first, last=last)
        for block in blocks
        for first, last in without([(block.first, block.last)], marked)
    ]


# Where no serials and no vintage are named, as for most transfers.
HELD = Prepared(
    "linking_held",
    ("bigint", "bigint"),
    """
SELECT first, last, vintage_from, issuance_id FROM registry_holding
WHERE account_id = $1 AND unit_type_id = $2 AND closed_by_id IS NULL
ORDER BY vintage_from, first
""",
)
MARKED = Prepared(
    "linking_marked",
    ("bigint", "bigint"),
    """
SELECT first, last FROM registry_mark
WHERE account_id = $1 AND unit_type_id = $2 AND blocking AND released_at IS NULL ORDER BY first
""",
)


def _held(line, first, end):
    """(first, last, vintage, issuance) of the open blocks that the line names, in its order."""
    if end is None and line.vintage_from is None:
        return rows(HELD, [line.source, line.unit_type])
    held = Holding.objects.filter(
        account_id=line.source, unit_type_id=line.unit_type, closed_by=None
    )
    if end is not None:
        held = held.filter(first__lte=end, last__gte=first)
    if line.vintage_from is not None:
        held = held.filter(vintage_from=line.vintage_from)
    told = ("first", "last", "vintage_from", "issuance_id")
    return list(held.order_by("vintage_from", "first").values_list(*told))


def _marked(line):
    """(first, last) of what blocking marks hold in the account, in the order of serials."""
    return rows(MARKED, [line.source, line.unit_type])


def _kinds(issuances, code, issuer):
    """issuance -> what a link knows of its units; converted ones are looked through."""
    rows = known_rows.known().issuances
    missing = issuances - rows.keys()
    found = _read(missing) if missing else {}
    known_rows.keep_issuances({pk: told for pk, told in found.items() if told.issued_on})
    return {
        pk: Unit(
            code,
            issuer,
            told.vintage,
            project_type=told.activity,
            issued_on=told.issued_on,
            converted_from=told.converted_from,
        )
        for pk, told in ((pk, found.get(pk) or rows[pk]) for pk in issuances)
    }


@dataclass(frozen=True)
class _Told:
    """What never changes of an issuance, once it is posted."""

    vintage: int
    activity: str | None
    issued_on: object
    converted_from: tuple | None


def _read(issuances):
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
        row.pk: _Told(
            row.vintage_from.year,
            row.activity or None,
            row.posting.recorded_at.date() if row.posting else None,
            origins.get(made_of.get(row.posting_id), outside.get(row.posting_id)),
        )
        for row in rows
    }
