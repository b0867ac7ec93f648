"""Finding accounts."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, NotFound
from registry.models import Account

from .scope import in_scope


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


def visible(actor):
    """The accounts of registries that the actor may read.   Raises: NotPermitted."""
    return in_scope(Account.objects.select_related("registry", "holder", "stands_for"), actor)


def find(actor, number) -> Account:
    """The account with this number.   Raises: NotPermitted, NotFound (UNKNOWN_ACCOUNT)."""
    found = visible(actor).filter(number=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_ACCOUNT",
                _("There is no such account."),
                _("Check the account number and its check digits."),
                data={"account": number},
            )
        )
    return found
