"""A registry moves here: its accounts, its units and their old serials, from files.

Accounts are opened, and the units of each type proposed as one transaction, in one database
transaction with what the old registry said of them. Nobody has units before others approve.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from registry import opening_files, permissions, turns
from registry.actors import Actor
from registry.errors import InvalidInput
from registry.lines import Line
from registry.models import (
    Account,
    AccountHolder,
    Issuance,
    LegacyBlock,
    OpeningBalance,
    OpeningTotal,
    Registry,
    Role,
    Transaction,
    UnitType,
    Upload,
)
from registry.opening_files import Books, Held

from . import issue
from .accounts import NewAccount, hosted_registry, open_accounts
from .propose import Request, propose

LOADERS = frozenset({Role.ADMINISTRATOR, Role.SYSTEM})
WAITING_OR_DONE = (
    Transaction.Status.AWAITING_APPROVAL,
    Transaction.Status.DELAYED,
    Transaction.Status.COMPLETED,
)


@dataclass(frozen=True)
class Loaded:
    """What the files have brought, or would bring: accounts, and units of each type by the number
    of the transaction that awaits approval (None in a dry run). `rows` are those of all files."""

    accounts: int
    blocks: int
    rows: int
    units: dict[str, int]
    transactions: dict[str, int | None]


@transaction.atomic
def load(*, actor, registry_id, files: dict[str, bytes], at, upload=None, dry_run=False) -> Loaded:
    """Reads the files, and unless it is a dry run opens accounts and proposes the units.

    The same files again find the transactions that they were proposed with. `upload` is what they
    came by, if they came by one.

    Raises: NotPermitted, NotFound, InvalidInput (all that is wrong with the rows), RuleViolated.
    """
    permissions.require_role(actor, LOADERS, registry_id)
    registry = hosted_registry(registry_id)
    # Serials are counted on from those that were issued last.
    turns.take(f"opening balances of {registry.code}")
    books = opening_files.read(files)
    known = _Known(registry, books)
    failures = [*books.failures, *known.failures()]
    if failures:
        raise InvalidInput(*failures)
    accounts = known.open_accounts(actor, at)
    opening = _Opening(actor, registry, books, accounts, upload, at)
    outcomes = {
        unit_type.code: opening.propose(unit_type)
        for unit_type in sorted(known.unit_types.values(), key=lambda found: found.code)
    }
    units = {}
    for held in books.holdings:
        code = known.unit_types[held.unit_type].code
        units[code] = units.get(code, 0) + held.quantity
    if dry_run:
        transaction.set_rollback(True)
        outcomes = dict.fromkeys(outcomes)
    rows = len(books.accounts) + len(books.holdings) + len(books.totals)
    return Loaded(known.opened, len(books.holdings), rows, units, outcomes)


class _Known:
    """What the codes of the old registry mean here."""

    def __init__(self, registry, books: Books):
        self.registry, self.books, self.opened = registry, books, 0
        named = {held.unit_type for held in books.holdings}
        types = UnitType.objects.filter(registry=registry).in_bulk(field_name="code")
        self.unit_types = {
            code: types[books.here("unit_types", code)]
            for code in named
            if books.here("unit_types", code) in types
        }
        mapped = books.mapping.get("accounts", {})
        rows = Account.objects.filter(registry=registry, number__in=mapped.values())
        numbers = {account.number: account.pk for account in rows}
        self.accounts = {
            old: numbers[number] for old, number in mapped.items() if number in numbers
        }
        # Accounts that an earlier load has opened, whatever became of its units.
        totals = OpeningTotal.objects.filter(
            opening__registry=registry, old_number__in=list(books.accounts)
        )
        for old, pk in totals.values_list("old_number", "account_id"):
            self.accounts.setdefault(old, pk)
        codes = {books.here("holders", row.cells["holder"]) for row in books.accounts.values()}
        self.holders = AccountHolder.objects.in_bulk(codes - {""}, field_name="code")
        self.brought = self._brought()

    def failures(self):
        if not self.books.mapping:
            # Nothing would be known, and the mapping itself has been told of.
            return
        for row in self.books.accounts.values():
            yield from self._account_failures(row)
        for held in self.books.holdings:
            if held.unit_type not in self.unit_types:
                yield _unknown(held.row, "unit_type")
            if held.account not in self.books.accounts and held.account not in self.accounts:
                yield _unknown(held.row, "account")
            if held.run is not None and self._was_loaded(held):
                yield opening_files.serials_twice(held)
        for old, number in self.books.mapping.get("accounts", {}).items():
            if old not in self.accounts:
                row = opening_files.Row(opening_files.MAPPING, 1, {"account": number})
                yield _unknown(row, "account")

    def _account_failures(self, row):
        if self.books.here("account_kinds", row.cells["kind"]) not in OPENED_KINDS:
            yield _unknown(row, "kind")
        holder = self.books.here("holders", row.cells["holder"])
        if holder and holder not in self.holders and not row.cells["holder_name"]:
            yield _unknown(row, "holder")

    def _was_loaded(self, held):
        """Whether other files have brought any of these serials; runs never overlap."""
        runs = self.brought.get(held.run.prefix, ())
        following = bisect_left(runs, (held.run.last + 1,))
        return following > 0 and runs[following - 1][1] >= held.run.first

    def _brought(self):
        """The old serials that wait or were approved, by the text before their numbers, sorted."""
        rows = LegacyBlock.objects.filter(
            opening__registry=self.registry,
            opening__transaction__status__in=WAITING_OR_DONE,
            prefix__in={held.run.prefix for held in self.books.holdings if held.run is not None},
        ).exclude(opening__digests=self.books.digests)
        brought = {}
        for prefix, *run in rows.order_by("old_first").values_list(
            "prefix", "old_first", "old_last"
        ):
            brought.setdefault(prefix, []).append(tuple(run))
        return brought

    def open_accounts(self, actor, at):
        """The ids of all accounts by their old numbers; those that are missing are opened."""
        missing = [row for old, row in self.books.accounts.items() if old not in self.accounts]
        new = [
            NewAccount(
                self.books.here("account_kinds", row.cells["kind"]),
                row.cells["name"],
                self._holder(row),
            )
            for row in missing
        ]
        opened = []
        if new:
            opened = open_accounts(actor=actor, registry_id=self.registry.pk, accounts=new, at=at)
        self.opened = len(opened)
        numbers = {row.cells["account"]: one.pk for row, one in zip(missing, opened, strict=True)}
        return self.accounts | numbers

    def _holder(self, row):
        code = self.books.here("holders", row.cells["holder"])
        if not code:
            return None
        if code not in self.holders:
            self.holders[code] = AccountHolder.objects.create(
                code=code,
                name=row.cells["holder_name"],
                jurisdiction_id=self.registry.jurisdiction_id,
            )
        return self.holders[code].pk


# Units begin where an issuance may bring them; the transaction type has the last word.
OPENED_KINDS = ("operator", "trading", "government", "allocation", "auction", "buffer")


def _unknown(row, column):
    return row.failure(
        "OPENING_CODE_UNKNOWN",
        _("A code means nothing here."),
        _("Give the code of here in mapping.toml, or add what is missing first."),
        column=column,
        value=row.cells[column],
    )


@dataclass(frozen=True)
class _Opening:
    """What is proposed of the books, type by type."""

    actor: Actor
    registry: Registry
    books: Books
    accounts: dict[str, int]
    upload: Upload | None
    at: datetime

    def propose(self, unit_type) -> int:
        """One transaction for all units of a type; the number of it."""
        before = OpeningBalance.objects.filter(registry=self.registry, unit_type=unit_type)
        same = before.filter(
            digests=self.books.digests, transaction__status__in=WAITING_OR_DONE
        ).values_list("transaction_id", flat=True)
        if same:
            return same[0]
        issued = Issuance.objects.filter(unit_type=unit_type).aggregate(last=Max("last"))["last"]
        placed = _placed(self._blocks(unit_type), (issued or 0) + 1)
        source, digests = self.books.mapping["source"], self.books.digests
        issuances = _issuances(unit_type, placed, self.accounts, source)
        lines = [
            Line(None, account, unit_type.pk, quantity)
            for each in issuances
            for account, quantity in each.blocks
        ]
        attributes = {
            "issuances": issue.describe(issuances),
            "opening": {"source": source, "files": digests},
        }
        key = f"opening {self.registry.code} {unit_type.code} {before.count() + 1}"
        outcome = propose(
            self.actor, Request("opening_balance", lines, key, self.at, attributes=attributes)
        )
        balance = OpeningBalance.objects.create(
            registry=self.registry,
            unit_type=unit_type,
            transaction_id=outcome.transaction_id,
            upload=self.upload,
            source=source,
            digests=digests,
            loaded_at=self.at,
        )
        _keep_totals(balance, self.books, unit_type, self.accounts)
        _keep_serials(balance, placed)
        return outcome.transaction_id

    def _blocks(self, unit_type):
        held = self.books.holdings
        blocks = [
            each for each in held if self.books.here("unit_types", each.unit_type) == unit_type.code
        ]
        return sorted(blocks, key=lambda each: (each.vintage, each.account))


def _placed(blocks: list[Held], first):
    """Each block with the first of its serials here."""
    placed = []
    for held in blocks:
        placed.append((held, first))
        first += held.quantity
    return placed


def _issuances(unit_type, placed, accounts, source):
    """One issuance for each vintage; blocks of one account that follow each other are one line."""
    issuances = []
    for held, first in placed:
        vintage_from, vintage_to, label = held.vintage
        if (
            not issuances
            or issuances[-1].vintage_from != vintage_from
            or (issuances[-1].vintage_to != vintage_to)
        ):
            issuances.append(
                issue.Issuance(
                    unit_type.pk,
                    [],
                    vintage_from,
                    vintage_to,
                    label,
                    first=first,
                    legal_basis=source,
                )
            )
        lines = issuances[-1].blocks
        account = accounts[held.account]
        if lines and lines[-1][0] == account:
            lines[-1] = (account, lines[-1][1] + held.quantity)
        else:
            lines.append((account, held.quantity))
    return issuances


def _keep_totals(balance, books, unit_type, accounts):
    """What the old registry said of each account; two old accounts may be one here."""
    totals = {}
    for (old, code), (_row, units) in books.totals.items():
        if books.here("unit_types", code) == unit_type.code and units:
            before = totals.get(accounts[old])
            totals[accounts[old]] = (
                (old, units) if before is None else (f"{before[0]}, {old}", before[1] + units)
            )
    OpeningTotal.objects.bulk_create(
        [
            OpeningTotal(opening=balance, account_id=account, old_number=old, units=units)
            for account, (old, units) in totals.items()
        ],
        batch_size=2000,
    )


def _keep_serials(balance, placed):
    """The serials that the blocks had, with those that they have here."""
    LegacyBlock.objects.bulk_create(
        [
            LegacyBlock(
                opening=balance,
                prefix=held.run.prefix,
                old_first=held.run.first,
                old_last=held.run.last,
                first=first,
                last=first + held.quantity - 1,
            )
            for held, first in placed
            if held.run is not None
        ],
        batch_size=2000,
    )
