"""Transfers over links, as those see them who read one of their ends."""

from dataclasses import dataclass

from django.db.models import Q

from linking.errors import failure
from linking.models import OnwardTransfer, Transfer
from registry import permissions
from registry.errors import NotFound, unknown_account
from registry.models import Account, Registry, Role, TransactionLine
from registry.selectors import accounts


@dataclass(frozen=True)
class AccountAbroad:
    """An account of a registry that another node keeps: all that is known of it is its number."""

    registry: Registry
    number: str


def visible(actor):
    """The transfers of registries that the actor may read, and of accounts that they represent,
    the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = (
        Transfer.objects.select_related(
            "edge",
            "sender",
            "receiver",
            "destination",
            "peer",
            "unit_type",
            "source_transaction",
            "accepted_by",
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
        | Q(receiver__in=registries)
        | Q(destination__in=represented)
        | Q(source_transaction__in=sent)
    )


def find(actor, number) -> Transfer:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_TRANSFER)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_TRANSFER", transfer=str(number)))
    return found


def onward_of(row) -> OnwardTransfer | None:
    """Where the units of a transfer go on to from their home, if they do."""
    found = OnwardTransfer.objects.select_related("registry", "second")
    return found.filter(uuid=row.uuid, role=row.role).first()


def waits(row) -> bool:
    """Whether a transfer waits for people of its receiver."""
    if not row.asks_people or row.accepted_by_id or row.answer is not None:
        return False
    is_asked = row.role == Transfer.Role.DESTINATION and row.state == Transfer.State.ASKED
    return is_asked or (row.role == Transfer.Role.BOTH and row.state == Transfer.State.ACCEPTED)


def waiting_for(actor):
    """The transfers that people of a registry which the actor administers have to accept, the
    oldest first."""
    if actor is None:
        return Transfer.objects.none()
    hosted = Registry.objects.filter(hosted=True).values_list("pk", flat=True)
    own = [pk for pk in hosted if Role.ADMINISTRATOR in actor.roles_in(pk)]
    asked = Q(role=Transfer.Role.DESTINATION, state=Transfer.State.ASKED)
    asked |= Q(role=Transfer.Role.BOTH, state=Transfer.State.ACCEPTED)
    rows = Transfer.objects.filter(
        asked, asks_people=True, accepted_by__isnull=True, answer__isnull=True
    )
    rows = rows.filter(receiver__in=own).select_related("sender", "receiver", "unit_type")
    return rows.order_by("pk")


def destination(number) -> Account | AccountAbroad:
    """An account that units may be sent to: whoever knows its number may name it. Of one that
    another node keeps only the form of its number can be told.

    Raises: NotFound (UNKNOWN_ACCOUNT).
    """
    found = Account.objects.filter(number=number).first()
    if found is not None:
        return found
    abroad = accounts.registry_abroad(number)
    if abroad is None:
        raise unknown_account(number)
    return AccountAbroad(abroad, number)
