"""Rows that never change what they say, as this process has read them: none is read twice.

They live as long as what the process knows of the reference data (registry/facts.py), and are read
anew with it. What can change, such as the state of an account, is not among them.
"""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS

from registry import facts
from registry.models import Account, Registry, UnitType

MOST = 100_000
# What is kept of an account; whoever asks for more reads it.
OF_ACCOUNTS = ("number", "registry_id", "kind", "holder_id", "stands_for_id")


@dataclass
class Rows:
    """Registries with their jurisdictions and unit types with their registries, by id; by the id
    of an issuance, what is read of it (see units.py)."""

    registries: dict = field(default_factory=dict)
    unit_types: dict = field(default_factory=dict)
    issuances: dict = field(default_factory=dict)


_rows = WeakKeyDictionary()


def known() -> Rows:
    """The rows that are known so far."""
    return _rows.setdefault(facts.reference(), Rows())


def registry(pk) -> Registry:
    """A registry with its jurisdiction."""
    rows = known().registries
    if pk not in rows:
        rows[pk] = Registry.objects.select_related("jurisdiction").get(pk=pk)
    return rows[pk]


def unit_type(pk) -> UnitType | None:
    """A unit type with its registry; None where there is none."""
    rows = known().unit_types
    if pk not in rows:
        found = UnitType.objects.filter(pk=pk).first()
        if found is None:
            return None
        found.registry = registry(found.registry_id)
        rows[pk] = found
    return rows[pk]


def accounts(ids) -> dict:
    """id -> account with its registry, of those that there are; what is not kept is read when it
    is asked for."""
    found = {}
    for pk, told in facts.reference().accounts_of(ids).items():
        values = [pk, *(getattr(told, name) for name in OF_ACCOUNTS)]
        found[pk] = Account.from_db(DEFAULT_DB_ALIAS, ["id", *OF_ACCOUNTS], values)
        found[pk].registry = registry(told.registry_id)
    return found


def keep_issuances(new) -> None:
    """Adds what was read of issuances; begins anew where there are very many."""
    rows = known().issuances
    if len(rows) > MOST:
        rows.clear()
    rows.update(new)
