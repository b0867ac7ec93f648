"""Units of the running year for who tries an example set of links, and operators that hold them.

Edges recognise vintages by their distance from the year of compliance, so what a scenario issued
some years ago does not go over a link. Holders, accounts and issuances say that they are examples.
"""

import csv
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from registry.models import Account, AccountHolder, Basis, Registry, Transaction, UnitType
from registry.services.accounts import NewAccount, open_accounts
from registry.services.approve import approve
from registry.services.issue import Issuance, issue
from registry.services.people import system_actor

FILE = Path(__file__).parents[1] / "links" / "examples.csv"
LEGAL_BASIS = "example, of no value: for trying links"


@dataclass(frozen=True)
class Example:
    """An operator with an account, what it gets in a year (if anything), and what its limits are
    measured by."""

    registry: str
    holder: str
    name: str
    unit_type: str
    units: int
    basis: str
    tonnes: int


def examples(name) -> list[Example]:
    with FILE.open() as file:
        return [
            Example(
                *(row[key] for key in ("registry", "holder", "name", "unit_type")),
                units=int(row["units"]),
                basis=row["basis"],
                tonnes=int(row["tonnes"] or 0),
            )
            for row in csv.DictReader(file)
            if row["set"] == name
        ]


def issue_examples(name, keeper, *, at) -> int:
    """Units that are new: those of a year are issued once, whenever this is called, in registries
    that this node keeps.

    Raises: DomainError where the registry refuses.
    """
    kept = set(Registry.objects.filter(hosted=True).values_list("code", flat=True))
    rows = [row for row in examples(name) if row.registry in kept]
    approver = system_actor(
        username="example-links-approver", display_name="Loader of example links, approving"
    )
    accounts = _accounts(rows, keeper, at)
    _state_bases(rows, str(at.year))
    new = 0
    holding = [row for row in rows if row.units]
    for unit_type, group in groupby(holding, lambda row: row.unit_type):
        key = f"example-links/{name}/{at.year}/{unit_type}"
        if Transaction.objects.filter(proposer_id=keeper.person_id, key=key).exists():
            continue
        blocks = [(accounts[row.holder], row.units) for row in group]
        issuance = Issuance(
            UnitType.objects.get(code=unit_type).pk,
            blocks,
            vintage_from=date(at.year, 1, 1),
            vintage_to=date(at.year + 1, 1, 1),
            vintage_label=f"{at.year} (example)",
            legal_basis=LEGAL_BASIS,
        )
        outcome = issue(actor=keeper, issuances=[issuance], key=key, at=at)
        proposal = Transaction.objects.get(pk=outcome.transaction_id)
        if proposal.status == Transaction.Status.AWAITING_APPROVAL:
            approve(
                actor=approver,
                transaction_id=proposal.pk,
                payload_hash=bytes(proposal.payload_hash),
                at=at,
            )
        new += sum(units for _account, units in blocks)
    return new


def _accounts(rows, keeper, at):
    """The account of each holder; holders and accounts that are missing are added."""
    registries = {each.code: each for each in Registry.objects.all()}
    holders = {}
    for row in rows:
        holders[row.holder], _created = AccountHolder.objects.get_or_create(
            code=row.holder,
            defaults={
                "name": row.name,
                "jurisdiction_id": registries[row.registry].jurisdiction_id,
                "is_synthetic": True,
            },
        )
    known = dict(
        Account.objects.filter(holder__in=holders.values(), kind="operator", status="open")
        .order_by("-pk")
        .values_list("holder__code", "pk")
    )
    for row in rows:
        if row.holder not in known:
            (account,) = open_accounts(
                actor=keeper,
                registry_id=registries[row.registry].pk,
                accounts=[NewAccount("operator", row.name, holders[row.holder].pk)],
                at=at,
            )
            known[row.holder] = account.pk
    return known


def _state_bases(rows, period):
    """What use quotas are measured by; figures that a person has uploaded stay."""
    for row in rows:
        if row.basis:
            Basis.objects.get_or_create(
                entity=AccountHolder.objects.get(code=row.holder),
                kind=row.basis,
                period=period,
                defaults={"tonnes": row.tonnes},
            )
