"""Transfers over links, as those see them who read one of their ends."""

from django.db.models import Q

from linking.errors import failure
from linking.models import Transfer
from registry import permissions
from registry.errors import NotFound, unknown_account
from registry.models import Account, TransactionLine


def visible(actor):
    """The transfers of registries that the actor may read, and of accounts that they represent,
    the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = (
        Transfer.objects.select_related(
            "edge", "sender", "destination__registry", "unit_type", "source_transaction"
        )
        .prefetch_related("parts__decision")
        .order_by("-pk")
    )
    registries = permissions.readable_registries(actor)
    if registries is None:
        return rows
    represented = permissions.represented(actor)
    sent = TransactionLine.objects.filter(source__in=represented).values("transaction_id")
    return rows.filter(
        Q(sender__in=registries)
        | Q(destination__registry__in=registries)
        | Q(destination__in=represented)
        | Q(source_transaction__in=sent)
    )


def find(actor, number) -> Transfer:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_TRANSFER)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_TRANSFER", transfer=str(number)))
    return found


def destination(number) -> Account:
    """An account that units may be sent to: whoever knows its number may name it.

    Raises: NotFound (UNKNOWN_ACCOUNT).
    """
    found = Account.objects.filter(number=number).first()
    if found is None:
        raise unknown_account(number)
    return found
