"""Representatives of accounts, and what happened to accounts."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, NotFound
from registry.models import AccountEvent, Representative

from .scope import in_scope


def of_account(account):
    """All representatives that an account ever had, in the order of their appointment."""
    rows = Representative.objects.filter(account=account)
    return rows.select_related("person", "account").order_by("pk")


def find(actor, number) -> Representative:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_REPRESENTATIVE)."""
    rows = Representative.objects.select_related("person", "account")
    found = in_scope(rows, actor, "account__registry", "account").filter(pk=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_REPRESENTATIVE",
                _("There is no such representative."),
                _("See the list of the account's representatives."),
                data={"representative": str(number)},
            )
        )
    return found


def events(account, *, after=0, limit):
    """What happened to an account, in order; one more than `limit` where others follow."""
    rows = AccountEvent.objects.filter(account=account, pk__gt=after)
    return rows.select_related("person").order_by("pk")[: limit + 1]


def latest_events(account, *, limit):
    """What happened to an account last, the newest first; one more than `limit` where there is."""
    rows = AccountEvent.objects.filter(account=account).select_related("person")
    return list(rows.order_by("-pk")[: limit + 1])


def in_force(account):
    """Who represents an account now, suspended ones among them, by username."""
    rows = Representative.objects.current().filter(account=account).select_related("person")
    return rows.order_by("person__username")
