"""The rows that public names mean: account numbers, unit type codes and aliases, entities."""

from dataclasses import dataclass

from django.db import connection

from registry import permissions

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
