"""Which accounts an account may send units to without delay; registry/trust.py judges it."""

from registry.models import TrustedAccount


def of_account(account):
    """The entries of an account's list that were not removed, in the order of their addition."""
    rows = TrustedAccount.objects.filter(account=account, removed_at__isnull=True)
    return rows.select_related("trusted", "account").order_by("pk")
