"""Blocks as the ledger keeps them: those of an account, those of registries, those of serials."""

from functools import partial

from django.db import connection
from django.db.models import BooleanField, Field, Func, Value
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, InvalidInput
from registry.models import Holding

from .holdings import held
from .scope import in_scope

COLUMNS = (
    "registry_id",
    "registry__code",
    "account__number",
    "unit_type_id",
    "unit_type__code",
    "unit_type__registry__code",
    "first",
    "last",
    "vintage_from",
    "issuance__vintage_to",
    "issuance__vintage_label",
    "opened_by_id",
    "opened_by__transaction_id",
    "opened_by__place__position",
    "opened_by__place__instant",
)
# Each order is that of an index, so a page costs what its own rows cost.
BY_ACCOUNT = ("unit_type_id", "vintage_from", "first")
BY_SERIAL = ("registry_id", "unit_type_id", "first")

AT_SERIALS = """
SELECT h.id FROM registry_registry r
CROSS JOIN LATERAL (
    SELECT b.id, b.first FROM registry_holding b
    WHERE b.registry_id = r.id AND b.unit_type_id = %(unit_type)s AND b.closed_by_id IS NULL
        AND b.first BETWEEN registry_block_start(r.id, %(unit_type)s, %(first)s) AND %(last)s
        AND b.last >= %(first)s
        AND (%(everywhere)s OR r.id = ANY (%(registries)s::bigint[])
            OR b.account_id = ANY (%(accounts)s::bigint[]))
    ORDER BY b.first LIMIT %(limit)s) h
WHERE %(everywhere)s OR r.id = ANY (%(registries)s::bigint[]) OR %(accounts)s::bigint[] <> '{}'
ORDER BY r.id, h.first LIMIT %(limit)s
"""


class RowAfter(Func):
    """(columns) > (values) as one comparison of rows, which the index on the columns serves."""

    template = "%(expressions)s"
    arg_joiner = " > "

    def __init__(self, columns, values):
        super().__init__(
            Func(*columns, function="ROW", output_field=Field()),
            Func(*map(Value, values), function="ROW", output_field=Field()),
            output_field=BooleanField(),
        )


def choose(actor, *, account=None, registry=None, as_of=None):
    """Which order the blocks come in, and the function that finds a page of them.

    As of the past only one account is asked: no index has all blocks of all times in order.

    Raises: InvalidInput (ACCOUNT_REQUIRED).
    """
    if account is not None:
        if registry is not None and registry.pk != account.registry_id:
            return BY_ACCOUNT, lambda **_page: []
        return BY_ACCOUNT, partial(of_account, account.pk, as_of=as_of)
    if as_of is not None:
        raise InvalidInput(
            Failure(
                "ACCOUNT_REQUIRED",
                _("As of the past, holdings are listed for one account."),
                _("Name the account, or leave out the position and the instant."),
                data={"parameter": "account"},
            )
        )
    return BY_SERIAL, partial(of_registries, actor, registry_id=registry and registry.pk)


def of_account(account_id, *, unit_type_id=None, as_of=None, after=None, limit):
    """Blocks of one account, now or as of a position; one more than `limit` if more follow."""
    rows = held(as_of=as_of).filter(account_id=account_id)
    return _page(rows, unit_type_id, BY_ACCOUNT, after, limit)


def of_registries(actor, *, registry_id=None, unit_type_id=None, after=None, limit):
    """Blocks that are held now in the registries and accounts that the actor may read.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = in_scope(held(), actor, account="account")
    if registry_id is not None:
        rows = rows.filter(registry_id=registry_id)
    return _page(rows, unit_type_id, BY_SERIAL, after, limit)


def at_serials(actor, *, unit_type_id, first, last, limit):
    """Blocks that hold any of the serials now, in every registry or account that the actor may
    read.

    Raises: NotPermitted (NO_ACTOR).
    """
    registries = permissions.readable_registries(actor)
    accounts = () if registries is None else permissions.represented(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            AT_SERIALS,
            {
                "unit_type": unit_type_id,
                "first": first,
                "last": last,
                "limit": limit + 1,
                "everywhere": registries is None,
                "registries": list(registries or ()),
                "accounts": list(accounts),
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(_columns(Holding.objects.filter(pk__in=ids)).order_by(*BY_SERIAL))


def _page(rows, unit_type_id, order, after, limit):
    if unit_type_id is not None:
        rows = rows.filter(unit_type_id=unit_type_id)
    if after is not None:
        rows = rows.filter(RowAfter(order, after))
    return list(_columns(rows).order_by(*order)[: limit + 1])


def _columns(rows):
    return rows.values(*COLUMNS)
