"""A small world for tests: registries, unit types, accounts of every kind, and who acts.

Three registries are kept on this node: `home` (an emissions trading system), `offsets` (the
crediting registry of the same jurisdiction, whose credits convert to units of `home`) and
`neighbour` (another Party's system). `overseas` is a registry that another node keeps. All rows
are made as the application's role, so a test that rolls back and one that commits both can ask
for a world.
"""

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace

from registry.actors import Actor, actor_for
from registry.lines import Line
from registry.models import (
    AccountHolder,
    ApiKey,
    Holding,
    Jurisdiction,
    Person,
    Registry,
    RoleAssignment,
    Scheme,
    Transaction,
    UnitType,
)
from registry.services.accounts import NewAccount, open_accounts
from registry.services.allocate import allocate
from registry.services.approve import approve
from registry.services.issue import Issuance, issue
from registry.services.transfer import deliver

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)

# Every kind that is neither an operator's nor a partner's; one of each in `home`.
SINGLE_KINDS = (
    "trading",
    "government",
    "allocation",
    "auction",
    "buffer",
    "suspense",
    "surrender",
    "retirement",
    "cancellation",
    "mandatory_cancellation",
    "omge_cancellation",
    "adaptation_fund",
    "conversion",
)


@dataclass(frozen=True)
class World:
    """Rows are model objects; accounts are ids, as services take them.

    `at_home.operator_a`, `at_home.surrender`, `at_home.partner` (stands for `neighbour`),
    `at_home.partner_overseas`, `at_offsets.operator_a`, `at_neighbour.operator`, ...
    """

    home: Registry
    offsets: Registry
    neighbour: Registry
    overseas: Registry
    kau: UnitType
    kcu: UnitType
    koc: UnitType
    cea: UnitType
    gxa: UnitType
    holder_a: AccountHolder
    holder_b: AccountHolder
    at_home: SimpleNamespace
    at_offsets: SimpleNamespace
    at_neighbour: SimpleNamespace
    administrator_1: Actor
    administrator_1_second_key: Actor
    administrator_2: Actor
    auditor: Actor
    system: Actor
    at: datetime = AT
    numbers: itertools.count = field(default_factory=itertools.count)

    def key(self) -> str:
        """An idempotency key that was not used before."""
        return f"key-{next(self.numbers)}"


def make_world() -> World:
    """Make the world in the database of the alias `default`."""
    registries = _registries()
    home, offsets, neighbour, overseas = registries
    kcu = _unit_type("KCU", home, "credit")
    people = _people()
    one = people["administrator_1"]
    holder_a, holder_b = AccountHolder.objects.bulk_create(
        [
            AccountHolder(
                code=f"KR-OPERATOR-{letter}",
                name=f"Operator {letter}",
                jurisdiction=home.jurisdiction,
                is_synthetic=True,
            )
            for letter in "AB"
        ]
    )
    owners = {"operator_a": holder_a.pk, "operator_b": holder_b.pk}
    return World(
        *registries,
        kau=_unit_type("KAU", home, "allowance"),
        kcu=kcu,
        koc=_unit_type("KOC", offsets, "credit", converts_to=kcu),
        cea=_unit_type("CEA", neighbour, "allowance"),
        gxa=_unit_type("GXA", overseas, "allowance"),
        holder_a=holder_a,
        holder_b=holder_b,
        at_home=_accounts(
            one, home, owners, partners={"partner": neighbour, "partner_overseas": overseas}
        ),
        at_offsets=_accounts(one, offsets, owners, partners={}),
        at_neighbour=_accounts(one, neighbour, {"operator": None}, partners={"partner": home}),
        **people,
    )


def open_operators(world: World, count: int) -> list[int]:
    """Many operator accounts in `home`, by one statement per two thousand."""
    opened = open_accounts(
        actor=world.administrator_1,
        registry_id=world.home.pk,
        accounts=[NewAccount("operator", f"Operator {n}", world.holder_a.pk) for n in range(count)],
        at=world.at,
    )
    return [account.pk for account in opened]


def complete(world: World, outcome):
    """Administrator 2 approves what administrator 1 proposed."""
    payload_hash = Transaction.objects.values_list("payload_hash", flat=True).get(
        pk=outcome.transaction_id
    )
    return approve(
        actor=world.administrator_2,
        transaction_id=outcome.transaction_id,
        payload_hash=bytes(payload_hash),
        at=world.at,
    )


def blocks(account: int, unit_type: UnitType) -> list[tuple[int, int]]:
    """The open blocks of an account, by serial."""
    held = Holding.objects.filter(account_id=account, unit_type=unit_type, closed_by=None)
    return list(held.order_by("first").values_list("first", "last"))


def vintage(year: int) -> dict:
    """The vintage of a calendar year, as an issuance says it."""
    return {
        "vintage_from": date(year, 1, 1),
        "vintage_to": date(year + 1, 1, 1),
        "vintage_label": str(year),
    }


def issue_units(world: World, unit_type: UnitType, blocks, *, year=2025, first=None):
    """Issue one run of serials to (account, quantity) pairs; the completed outcome."""
    issuance = Issuance(unit_type.pk, list(blocks), first=first, **vintage(year))
    return complete(
        world,
        issue(actor=world.administrator_1, issuances=[issuance], key=world.key(), at=world.at),
    )


def stock(world: World, **quantities) -> None:
    """Issue KAU of 2025 straight to accounts of `home`, named as in `at_home`, in this order.

    `stock(world, operator_a=100, operator_b=50)` gives serials 1–100 and 101–150.
    """
    blocks = [(getattr(world.at_home, name), count) for name, count in quantities.items()]
    issue_units(world, world.kau, blocks)


def allocated(world: World, account: int, quantity: int, **line):
    """Allocate KAU from the government account; the completed outcome."""
    lines = [Line(world.at_home.government, account, world.kau.pk, quantity, **line)]
    return complete(
        world,
        allocate(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at),
    )


def moved(world: World, source: int, destination: int, quantity: int, **line):
    """Deliver KAU between operators or traders, which needs no approval."""
    lines = [Line(source, destination, world.kau.pk, quantity, **line)]
    return deliver(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)


def _registries():
    korea, china, japan = Jurisdiction.objects.bulk_create(
        [
            Jurisdiction(code=code, iso_3166=code, level="party", name_en=name)
            for code, name in (("KR", "Korea"), ("CN", "China"), ("JP", "Japan"))
        ]
    )
    rows = (
        ("KR-ETRS", "K-ETS", korea, "ets", True),
        ("KR-ORS", "KR-OFFSET", korea, "crediting", True),
        ("CN-ETR", "CN-ETS", china, "ets", True),
        ("JP-GX", "GX-ETS", japan, "ets", False),
    )
    schemes = Scheme.objects.bulk_create(
        [
            Scheme(code=scheme, jurisdiction=place, kind=kind, name_en=scheme)
            for _code, scheme, place, kind, _hosted in rows
        ]
    )
    return Registry.objects.bulk_create(
        [
            Registry(code=code, scheme=scheme, jurisdiction=place, name_en=code, hosted=hosted)
            for (code, _scheme, place, _kind, hosted), scheme in zip(rows, schemes, strict=True)
        ]
    )


def _unit_type(code, registry, kind, converts_to=None):
    return UnitType.objects.create(
        code=code, registry=registry, kind=kind, name_en=code, converts_to=converts_to
    )


def _people():
    roles = {
        "administrator_1": "administrator",
        "administrator_2": "administrator",
        "auditor": "auditor",
        "system": "system",
    }
    persons = Person.objects.bulk_create(
        [
            Person(username=name, display_name=name, password="!", is_system=name == "system")
            for name in roles
        ]
    )
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(person=person, role=role)
            for person, role in zip(persons, roles.values(), strict=True)
        ]
    )
    first, second = ApiKey.objects.bulk_create(
        [
            ApiKey(
                person=persons[0],
                label=label,
                prefix=label,
                digest=hashlib.sha256(label.encode()).digest(),
                created_at=AT,
            )
            for label in ("first-key", "second-key")
        ]
    )
    actors = {person.username: actor_for(person) for person in persons}
    actors["administrator_1"] = actor_for(persons[0], first)
    actors["administrator_1_second_key"] = actor_for(persons[0], second)
    return actors


def _accounts(actor, registry, owners, *, partners):
    named = [
        *((name, NewAccount("operator", name, holder)) for name, holder in owners.items()),
        *((kind, NewAccount(kind, kind)) for kind in SINGLE_KINDS),
        *(
            (name, NewAccount("partner", name, stands_for_id=partner.pk))
            for name, partner in partners.items()
        ),
    ]
    opened = open_accounts(
        actor=actor, registry_id=registry.pk, accounts=[new for _name, new in named], at=AT
    )
    return SimpleNamespace(
        **{name: account.pk for (name, _new), account in zip(named, opened, strict=True)}
    )
