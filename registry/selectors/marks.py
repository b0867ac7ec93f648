"""What stands on an account's units and keeps them where they are."""

from django.db.models import F

from registry.models import Mark


def blocking(account_id, *, limit):
    """Reservations, liens and freezes that stand in an account, by serial; one more than `limit`
    where others follow."""
    rows = Mark.objects.filter(account=account_id, blocking=True, released_at__isnull=True)
    rows = rows.annotate(unit_type_code=F("unit_type__code"), quantity=F("last") - F("first") + 1)
    return list(rows.order_by("unit_type", "first")[: limit + 1])
