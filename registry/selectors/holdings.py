"""What is held where, now or as of a position: history is the ledger, a balance is a sum."""

from django.db.models import Count, F, Max, Q, Sum

from registry.models import Holding

UNITS = Sum(F("last") - F("first") + 1)


def held(*, as_of: int | None = None):
    """Holdings that are open now, or were open as of a position (0: before the first)."""
    if as_of is None:
        return Holding.objects.filter(closed_by__isnull=True)
    return Holding.objects.filter(opened_by__place__position__lte=as_of).filter(
        Q(closed_by__isnull=True)
        | Q(closed_by__place__isnull=True)
        | Q(closed_by__place__position__gt=as_of)
    )


def balance(*, account_id, unit_type_id, as_of=None):
    """Units of one type in one account."""
    return (
        held(as_of=as_of)
        .filter(account_id=account_id, unit_type_id=unit_type_id)
        .aggregate(units=UNITS)["units"]
        or 0
    )


def balances(*, account_id, as_of=None):
    """Units in an account by unit type and vintage, in how many blocks they lie, and how many units
    the largest of these has."""
    return (
        held(as_of=as_of)
        .filter(account_id=account_id)
        .values(
            "unit_type__code", "issuance__vintage_label", "vintage_from", "issuance__vintage_to"
        )
        .annotate(units=UNITS, blocks=Count("pk"), largest=Max(F("last") - F("first") + 1))
        .order_by("unit_type__code", "vintage_from", "issuance__vintage_label")
    )
