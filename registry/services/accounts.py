"""Open and close accounts."""

from dataclasses import dataclass

from django.db import connection, transaction

from registry import permissions, posting
from registry.account_numbers import account_number
from registry.models import Account, Registry, Role


@dataclass(frozen=True)
class NewAccount:
    """What an account is opened with; ids of the holder and of the partner registry."""

    kind: str
    name: str
    holder_id: int | None = None
    stands_for_id: int | None = None
    holding_limit: int | None = None


@transaction.atomic
def open_accounts(*, actor, registry_id, accounts, at):
    """Opens accounts in one registry and gives them numbers; returns them in order.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, {Role.ADMINISTRATOR, Role.SYSTEM}, registry_id)
    registry = Registry.objects.get(pk=registry_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('registry_account_id_seq') FROM generate_series(1, %s)",
            [len(accounts)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return Account.objects.bulk_create(
        [
            Account(
                id=id_,
                number=account_number(registry.code, id_),
                registry=registry,
                kind=new.kind,
                name=new.name,
                holder_id=new.holder_id,
                stands_for_id=new.stands_for_id,
                holding_limit=new.holding_limit,
                opened_at=at,
            )
            for id_, new in zip(ids, accounts, strict=True)
        ],
        batch_size=2000,
    )


def close_account(*, actor, account_id, at):
    """Closes an account that holds nothing.

    Raises: NotPermitted, RuleViolated (ACCOUNT_NOT_EMPTY, ACCOUNT_CLOSED).
    """
    account = Account.objects.get(pk=account_id)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, account.registry_id)
    with posting.explained():
        Account.objects.filter(pk=account_id).update(status=Account.Status.CLOSED, closed_at=at)
