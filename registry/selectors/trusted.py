"""Which accounts an account may send units to without delay."""

from registry.models import TrustedAccount
from registry.trust import untrusted


def of_account(account):
    """The entries of an account's list that were not removed, in the order of their addition."""
    rows = TrustedAccount.objects.filter(account=account, removed_at__isnull=True)
    return rows.select_related("trusted", "account").order_by("pk")


def trusted(account_id, destination_id, at) -> bool:
    """Whether the destination is on the account's list and counts by then, or has its holder."""
    return not untrusted({(account_id, destination_id)}, at)
