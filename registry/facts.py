"""What the checks of a proposal know: types, unit types, accounts, entities.

These rows seldom change, so each process keeps those that it has read, together with the version
of the reference data (registry_reference) that they belong to. The gate compares that version
with the one in force and refuses a proposal that was checked against an older one; then the
process reads anew. What changes often, such as an account's status, is not kept here: the gate
reads it under lock.
"""

from dataclasses import dataclass, field

from django.db import connection

from registry.models import (
    TERMINAL_KINDS,
    Account,
    AccountHolder,
    GroupLimit,
    Reconciliation,
    Registry,
    Stop,
    TransactionType,
    UnitType,
)

MOST_ACCOUNTS = 100_000


@dataclass(frozen=True, slots=True)
class AccountFacts:
    number: str
    registry_id: int
    kind: str
    holder_id: int | None
    stands_for_id: int | None
    group_id: int | None


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
    ids to rows, without an entry for what does not exist. `version` is that of the data.

    `reconciling` holds, for each comparison of books that is pending, the ids of its registry and
    of its unit type (None: all of them). `stopped` has pairs: a registry that is stopped and None,
    or its unit type that is. `group_limits` maps a corporate group and a registry to the limits of
    what the group's accounts hold there: a unit type (None: all together) and units of each.
    """

    type: dict | None
    accounts: dict
    unit_types: dict
    entities: dict
    version: int
    reconciling: frozenset = frozenset()
    stopped: frozenset = frozenset()
    group_limits: dict = field(default_factory=dict)

    @property
    def registries(self):
        """The ids of the registries that the accounts are in."""
        return {account.registry_id for account in self.accounts.values()}


class Reference:
    """The rows that this process has read from one database."""

    def __init__(self):
        with connection.cursor() as cursor:
            # Read before the rows: if they change in between, the gate notices.
            cursor.execute("SELECT version FROM registry_reference")
            (self.version,) = cursor.fetchone()
        self.types = {}
        # The codes of types by the ids of their versions, and of registries by theirs.
        self.type_codes = {}
        for row in TransactionType.objects.order_by("-version").values():
            row["is_plain"] = is_plain(row)
            self.types.setdefault((row["code"], row["registry_id"]), []).append(row)
            self.type_codes[row["id"]] = row["code"]
        self.registry_codes = dict(Registry.objects.values_list("id", "code"))
        self.unit_types = {
            row[0]: UnitTypeFacts(*row[1:])
            for row in UnitType.objects.values_list(
                "id", "code", "registry_id", "kind", "transferable", "converts_to_id"
            )
        }
        stops = Stop.objects.filter(lifted_at__isnull=True, account__isnull=True, subject="")
        # Empty as a rule: then nothing is looked up.
        self.stopped = frozenset(stops.values_list("registry_id", "unit_type_id"))
        self.codes = {kind.code: pk for pk, kind in self.unit_types.items()}
        self.ends = {}
        ends = Account.objects.filter(kind__in=TERMINAL_KINDS, status=Account.Status.OPEN)
        for pk, registry_id, kind in ends.order_by("-id").values_list("id", "registry_id", "kind"):
            self.ends[registry_id, kind] = pk
        pending = Reconciliation.objects.filter(ended_at=None)
        self.reconciling = frozenset(pending.values_list("registry_id", "unit_type_id"))
        self.group_limits = {}
        for group, registry, *limit in GroupLimit.objects.order_by("pk").values_list(
            "group_id", "registry_id", "unit_type_id", "units"
        ):
            self.group_limits.setdefault((group, registry), []).append(limit)
        self.accounts = {}
        # The ids of these accounts by their numbers.
        self.numbers = {}
        self.entities = {}

    def type_in_force(self, code, registry_id, at):
        for key in ((code, registry_id), (code, None)):
            for row in self.types.get(key, ()):
                if row["valid_from"] <= at and (row["valid_to"] is None or row["valid_to"] > at):
                    return row
        return None

    def accounts_of(self, ids):
        missing = [pk for pk in ids if pk not in self.accounts]
        if missing:
            if len(self.accounts) > MOST_ACCOUNTS:
                self.accounts.clear()
                self.numbers.clear()
                missing = list(ids)
            rows = Account.objects.filter(pk__in=missing).values_list(
                *("id", "number", "registry_id", "kind", "holder_id", "stands_for_id"),
                "holder__group_id",
            )
            for pk, *known in rows:
                self.accounts[pk] = AccountFacts(*known)
                self.numbers[known[0]] = pk
        return {pk: self.accounts[pk] for pk in ids if pk in self.accounts}

    def entities_of(self, ids):
        missing = [pk for pk in ids if pk not in self.entities]
        if missing:
            self.entities.update(
                AccountHolder.objects.filter(pk__in=missing).values_list("id", "code")
            )
        return {pk: self.entities[pk] for pk in ids if pk in self.entities}


_references = {}


def reference() -> Reference:
    """What this process knows of the database that it is connected to."""
    name = connection.settings_dict["NAME"]
    known = _references.get(name)
    if known is None:
        known = _references[name] = Reference()
    return known


def outdated(version):
    """Whether the database has another version of the reference data by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM registry_reference")
        return cursor.fetchone() != (version,)


def forget():
    """Reads everything anew at the next use."""
    _references.pop(connection.settings_dict["NAME"], None)


def read(type_code, at, lines) -> Facts:
    """What the checks need to know of the rows that the lines name."""
    known = reference()
    accounts = {line.source: None for line in lines}
    accounts.update({line.destination: None for line in lines})
    accounts.pop(None, None)
    entities = {line.entity for line in lines} - {None}
    found = known.accounts_of(accounts)
    first = next(iter(found.values()), None)
    return Facts(
        type=known.type_in_force(type_code, first and first.registry_id, at),
        accounts=found,
        unit_types=known.unit_types,
        entities=known.entities_of(entities) if entities else {},
        version=known.version,
        stopped=known.stopped,
        reconciling=known.reconciling,
        group_limits=known.group_limits,
    )


def know(lines):
    """Reads at once what many proposals, each with some of the lines, are about to ask for."""
    ends = {line.source for line in lines} | {line.destination for line in lines}
    reference().accounts_of(ends - {None})


def is_plain(kind):
    """Whether a version of a type, as a row, has none of the rules that only some versions have."""
    return (
        kind["bands"] is None
        and kind["delay"] == "none"
        and not kind["reason_required"]
        and not kind["trusted_only"]
        and kind["earliest_vintage"] is None
        and kind["latest_vintage"] is None
    )
