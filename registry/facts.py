"""What the checks of a proposal read: the type's version, accounts, unit types, entities."""

from dataclasses import dataclass


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
    """`type` is the row of the transaction type's version in force, or None; the others map
    ids to rows, without an entry for what does not exist."""

    type: dict | None
    accounts: dict
    registries: dict
    unit_types: dict
    entities: dict

    @classmethod
    def parse(cls, document):
        return cls(
            type=document["type"],
            accounts=_by_id(document["accounts"], AccountFacts),
            registries={int(k): v for k, v in (document["registries"] or {}).items()},
            unit_types=_by_id(document["unit_types"], UnitTypeFacts),
            entities={int(k): v for k, v in (document["entities"] or {}).items()},
        )


def _by_id(mapping, row):
    return {int(key): row(*values) for key, values in (mapping or {}).items()}
