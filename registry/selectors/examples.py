"""Units that a newcomer can move without asking anyone."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

from registry.models import Account, Holding, Mark


@dataclass(frozen=True)
class Example:
    """Serials that an operator's account holds freely, and another operator's account.

    `since` is the posting that brought the serials there: it is another after each transfer.
    """

    source: Account
    destination: Account
    unit_type: str
    first: int
    last: int
    since: int


def movable(*, registry, unit_type, quantity) -> Example | None:
    """`quantity` units of a type between two operators of a registry, or None."""
    standing = Mark.objects.filter(
        registry=OuterRef("registry"),
        unit_type=OuterRef("unit_type"),
        released_at=None,
        first__lte=OuterRef("last"),
        last__gte=OuterRef("first"),
    )
    held = (
        Holding.objects.filter(
            registry__code=registry,
            unit_type__code=unit_type,
            closed_by=None,
            account__kind=Account.Kind.OPERATOR,
            account__status=Account.Status.OPEN,
        )
        .select_related("account")
        .order_by("registry", "unit_type", "first")
    )
    found = held.filter(~Exists(standing), last__gte=F("first") + quantity - 1).first()
    if found is None:
        return None
    other = held.exclude(account=found.account).exclude(account__holder=found.account.holder)
    destination = other.first()
    if destination is None:
        return None
    return Example(
        found.account,
        destination.account,
        unit_type,
        found.first,
        found.first + quantity - 1,
        found.opened_by_id,
    )
