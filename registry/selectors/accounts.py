"""Finding accounts."""

from registry.models import Account


def accounts_by_id(ids):
    return Account.objects.in_bulk(ids)


def account_of_kind(registry_id, kind):
    """The id of the oldest open account of a kind in a registry, or None."""
    return (
        Account.objects.filter(registry_id=registry_id, kind=kind, status=Account.Status.OPEN)
        .order_by("id")
        .values_list("id", flat=True)
        .first()
    )
