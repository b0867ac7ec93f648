"""What accounts hold before a transaction, and as they will hold it: for whoever decides."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import F, Q, Sum

from registry.models import Account, Mark, TransactionLine, TransactionType, UnitType

from .holdings import UNITS, held

Effect = TransactionType.Effect
# What neither moves units nor brings them into being leaves every account as it is.
STILL = (Effect.FREEZE, Effect.RELEASE, Effect.CONSOLIDATE)


@dataclass(frozen=True)
class Change:
    """How many units of a type an account gains, or loses (negative); ids of both."""

    account: int
    unit_type: int
    units: int


@dataclass(frozen=True)
class Side:
    """An account and a unit type: units held before, the change, units held afterwards."""

    account: Account
    unit_type: UnitType
    before: int
    change: int
    after: int

    @property
    def over_limit(self):
        """Whether the account would hold more of this type than its limit allows."""
        limit = self.account.holding_limit
        return limit is not None and self.change > 0 and self.after > limit


def changes(transaction, effect) -> list[Change]:
    """What a transaction that waits would change, by the order of its lines.

    A line counts as what is reserved for it where that is less than it asked for.
    """
    return [] if effect in STILL else _changes(transaction_id=transaction.pk)


def changes_together(transactions) -> list[Change]:
    """What all of these transactions (a queryset) would change, the most units first."""
    moving = transactions.exclude(type__effect__in=STILL).order_by()
    found = _changes(transaction_id__in=moving.values("pk"))
    return sorted(found, key=lambda change: -abs(change.units))


def _changes(**of):
    marks = Mark.objects.filter(**of, kind=Mark.Kind.RESERVATION)
    units = Sum(F("last") - F("first") + 1)
    reserved = {
        tuple(place): units
        for *place, units in marks.values_list("transaction_id", "line").annotate(units=units)
    }
    lines = TransactionLine.objects.filter(**of).order_by("transaction_id", "number")
    columns = ("source_id", "destination_id", "unit_type_id", "quantity")
    found = Counter()
    for *place, source, destination, unit_type, quantity in lines.values_list(
        "transaction_id", "number", *columns
    ):
        units = reserved.get(tuple(place), quantity)
        if source is not None:
            found[source, unit_type] -= units
        if destination is not None:
            found[destination, unit_type] += units
    return [Change(*ends, units) for ends, units in found.items() if units]


def side_by_side(changes, *, limit) -> list[Side]:
    """The first `limit` changes with what is held now and what will be, by three queries."""
    shown = list(changes)[:limit]
    accounts = Account.objects.in_bulk({change.account for change in shown})
    unit_types = UnitType.objects.in_bulk({change.unit_type for change in shown})
    wanted = Q(pk__in=[])
    for change in shown:
        wanted |= Q(account=change.account, unit_type=change.unit_type)
    rows = held().filter(wanted).values_list("account", "unit_type").annotate(units=UNITS)
    before = {(account, unit_type): units for account, unit_type, units in rows}
    return [
        Side(
            accounts[change.account],
            unit_types[change.unit_type],
            before.get((change.account, change.unit_type), 0),
            change.units,
            before.get((change.account, change.unit_type), 0) + change.units,
        )
        for change in shown
    ]
