"""What the checks of a proposal read: the type's version, accounts, unit types, entities."""

import json
from dataclasses import dataclass
from functools import lru_cache

from .models import TransactionType


@dataclass(frozen=True, slots=True)
class AccountFacts:
    number: str
    registry_id: int
    kind: str
    status: str
    holder_id: int | None
    stands_for_id: int | None


@dataclass(frozen=True, slots=True)
class UnitTypeFacts:
    code: str
    registry_id: int
    kind: str
    transferable: bool
    converts_to_id: int | None


@dataclass(frozen=True)
class Facts:
    """`type` is the version of the transaction type in force, as a row, or None; the others map
    ids to rows, without an entry for what does not exist."""

    type: dict | None
    accounts: dict
    unit_types: dict
    entities: dict

    @classmethod
    def parse(cls, row):
        type_id, digest, accounts, unit_types, entities = row
        return cls(
            type=None if type_id is None else type_version(type_id, digest),
            accounts={item[0]: AccountFacts(*item[1:]) for item in _list(accounts)},
            unit_types={item[0]: UnitTypeFacts(*item[1:]) for item in _list(unit_types)},
            entities=dict(_list(entities)),
        )

    @property
    def registries(self):
        """The ids of the registries that the accounts are in."""
        return {account.registry_id for account in self.accounts.values()}


@lru_cache(maxsize=256)
def type_version(type_id, digest):
    """A version's row. A version never changes, so it is read once by each process; the digest
    in the key tells apart versions of different databases."""
    return TransactionType.objects.filter(pk=type_id).values().get()


def _list(text):
    return json.loads(text) if text else []
