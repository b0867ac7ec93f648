"""Open and close accounts."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from registry import errors, permissions, posting
from registry.account_numbers import account_number
from registry.errors import Failure, InvalidInput, NotFound
from registry.lines import text_failure, units_failure
from registry.models import Account, AccountHolder, Registry, Role

LONGEST_NAME = 300


@dataclass(frozen=True)
class NewAccount:
    """What an account is opened with; ids of the holder and of the partner registry."""

    kind: str
    name: str
    holder_id: int | None = None
    stands_for_id: int | None = None
    holding_limit: int | None = None
    account_class_id: int | None = None


@transaction.atomic
def open_accounts(*, actor, registry_id, accounts, at):
    """Opens accounts in one registry and gives them numbers; returns them in order.

    Raises: NotPermitted, NotFound, InvalidInput, RuleViolated (PARTNER_ACCOUNT_EXISTS).
    """
    permissions.require_role(actor, {Role.ADMINISTRATOR, Role.SYSTEM}, registry_id)
    registry = hosted_registry(registry_id)
    _require_form(registry, accounts)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('registry_account_id_seq') FROM generate_series(1, %s)",
            [len(accounts)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    with posting.explained():
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
                    account_class_id=new.account_class_id,
                    opened_at=at,
                )
                for id_, new in zip(ids, accounts, strict=True)
            ],
            batch_size=2000,
        )


def close_account(*, actor, account_id, at):
    """Closes an account that holds nothing.

    Raises: NotPermitted, NotFound, RuleViolated (ACCOUNT_NOT_EMPTY, ACCOUNT_CLOSED).
    """
    permissions.require_actor(actor)
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise errors.unknown_account(account_id)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, account.registry_id)
    still_open = Account.objects.filter(pk=account_id).exclude(status=Account.Status.CLOSED)
    with posting.explained():
        if not still_open.update(status=Account.Status.CLOSED, closed_at=at):
            raise errors.from_constraint("account_stays_closed")


def hosted_registry(registry_id) -> Registry:
    """A registry that this node keeps.   Raises: NotFound (UNKNOWN_REGISTRY)."""
    registry = Registry.objects.filter(pk=registry_id).first()
    if registry is None or not registry.hosted:
        raise NotFound(
            Failure(
                "UNKNOWN_REGISTRY",
                _("This node keeps no registry of this number."),
                _("See the list of registries; another node may keep it."),
                data={"registry": str(registry_id)},
            )
        )
    return registry


def _require_form(registry, accounts):
    """Raises: InvalidInput with all that is wrong, by the place of the account in the list."""
    failures = form_failures(registry, accounts)
    if failures:
        raise InvalidInput(*failures)


def form_failures(registry, accounts):
    """What is wrong with new accounts, by the place of each in the list."""
    holders = {new.holder_id for new in accounts} - {None}
    known = set(AccountHolder.objects.filter(pk__in=holders).values_list("pk", flat=True))
    return [
        failure
        for number, new in enumerate(accounts, 1)
        for failure in _failures(registry, new, known, number)
    ]


def _failures(registry, new, known_holders, number):
    if new.kind not in Account.Kind.values:
        yield Failure(
            "UNKNOWN_ACCOUNT_KIND",
            _("There is no such kind of account."),
            _("See the list of account kinds."),
            number,
            {"kind": str(new.kind)},
        )
    elif (new.kind == Account.Kind.PARTNER) != (new.stands_for_id is not None):
        yield Failure(
            "PARTNER_MISMATCH",
            _("An account of a partner names its registry, and no other account does."),
            _("Name the registry that the account stands for, or leave it out."),
            number,
        )
    elif new.stands_for_id == registry.pk:
        yield Failure(
            "PARTNER_IS_THE_REGISTRY",
            _("An account stands for another registry than its own."),
            _("Name the partner's registry."),
            number,
        )
    failure = text_failure(new.name, "name", LONGEST_NAME, number)
    if failure:
        yield failure
    if new.holding_limit is not None:
        failure = units_failure(new.holding_limit, number, "holding_limit")
        if failure and new.holding_limit != 0:
            yield failure
    if new.holder_id is not None and new.holder_id not in known_holders:
        yield Failure(
            "UNKNOWN_ENTITY",
            _("There is no such account holder."),
            _("Name the entity in whose name the account is kept."),
            number,
            {"entity": str(new.holder_id)},
        )
