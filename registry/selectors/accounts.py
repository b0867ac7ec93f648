"""Finding accounts."""

from registry import account_numbers
from registry.errors import unknown_account
from registry.models import Account, Registry

from .scope import in_scope


def visible(actor):
    """The accounts that the actor may read.   Raises: NotPermitted (NO_ACTOR)."""
    rows = Account.objects.select_related("registry", "holder", "stands_for", "account_class")
    rows = rows.prefetch_related(
        "holder__group__limits__registry", "holder__group__limits__unit_type"
    )
    return in_scope(rows, actor, account="pk")


def find(actor, number) -> Account:
    """The account with this number.   Raises: NotPermitted, NotFound (UNKNOWN_ACCOUNT)."""
    found = visible(actor).filter(number=number).first()
    if found is None:
        raise unknown_account(number)
    return found


def registry_abroad(number) -> Registry | None:
    """The registry on another node whose account a number would be; its check digits must hold."""
    code = account_numbers.registry_code(number)
    return Registry.objects.filter(code=code, hosted=False).first() if code else None
