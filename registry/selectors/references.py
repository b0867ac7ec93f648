"""The rows that public names mean: account numbers, unit type codes and aliases, entities."""

from dataclasses import dataclass

from django.db import connection

from registry import facts, permissions

# One round trip, whatever is asked. A code wins over an alias of the same spelling.
RESOLVE = """
SELECT 1, number, id FROM registry_account
WHERE number = ANY (%(accounts)s)
    AND (%(everywhere)s OR registry_id = ANY (%(registries)s::bigint[])
        OR registry_id IN (
            SELECT registry_id FROM registry_account WHERE id = ANY (%(represented)s::bigint[])))
UNION ALL
SELECT 2, alias, unit_type_id FROM registry_unittypealias WHERE alias = ANY (%(unit_types)s)
UNION ALL
SELECT 3, code, id FROM registry_unittype WHERE code = ANY (%(unit_types)s)
UNION ALL
SELECT 4, code, id FROM registry_accountholder WHERE code = ANY (%(entities)s)
"""


@dataclass(frozen=True)
class References:
    """Ids by public name; what does not exist, or not for the actor, has no entry."""

    accounts: dict
    unit_types: dict
    entities: dict


def resolve(actor, *, accounts=(), unit_types=(), entities=()) -> References:
    """A representative may name every account of the registries in which they represent one:
    whoever knows a number can send units there. Who is suspended is told so, and not that the
    account does not exist.

    Raises: NotPermitted (NO_ACTOR).
    """
    registries = permissions.readable_registries(actor)
    known = None if entities else _known(registries, accounts, unit_types)
    if known is not None:
        return known
    represented = () if registries is None else permissions.represented(actor, suspended=True)
    with connection.cursor() as cursor:
        cursor.execute(
            RESOLVE,
            {
                "accounts": list(accounts),
                "unit_types": list(unit_types),
                "entities": list(entities),
                "everywhere": registries is None,
                "registries": list(registries or ()),
                "represented": list(represented),
            },
        )
        rows = cursor.fetchall()
    return References(
        accounts={name: pk for kind, name, pk in rows if kind == 1},
        unit_types={name: pk for kind, name, pk in sorted(rows) if kind in (2, 3)},
        entities={name: pk for kind, name, pk in rows if kind == 4},
    )


def _known(registries, accounts, unit_types):
    """What this process knows already, where that is all that is asked; else None.

    Numbers and codes mean the same row for ever, so they can not be outdated; which registries the
    actor may read has just been read with the key.
    """
    reference = facts.reference()
    found = {}
    for number in accounts:
        pk = reference.numbers.get(number)
        account = reference.accounts.get(pk)
        if account is None:
            return None
        if registries is not None and account.registry_id not in registries:
            return None
        found[number] = pk
    if not reference.codes.keys() >= set(unit_types):
        return None
    return References(found, {code: reference.codes[code] for code in unit_types}, {})
