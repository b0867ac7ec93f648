"""A registry with accounts and units, made through the services; `python -m` in a process.

Everything that the measures move is issued here by two administrators, one of whom approves.
"""

import argparse
import sys
import time
from datetime import UTC, date, datetime
from functools import cache

import django

django.setup()

from django.utils import timezone  # noqa: E402 - models need the setup above

from benchmarks.choices import UNIT_TYPE, Choices  # noqa: E402
from registry import posting  # noqa: E402
from registry.actors import Actor, actor_for  # noqa: E402
from registry.lines import Line  # noqa: E402
from registry.models import (  # noqa: E402
    AccountHolder,
    Jurisdiction,
    Person,
    Registry,
    RoleAssignment,
    Scheme,
    Transaction,
    UnitType,
)
from registry.services.accounts import NewAccount, open_accounts  # noqa: E402
from registry.services.append_leaves import append_batch  # noqa: E402
from registry.services.approve import approve  # noqa: E402
from registry.services.issue import Issuance, issue  # noqa: E402
from registry.services.make_checkpoint import make_checkpoint  # noqa: E402
from registry.services.signing_keys import ensure_keys  # noqa: E402
from registry.services.transfer import deliver  # noqa: E402

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SEQUENCED = 1_000
VINTAGE = {
    "vintage_from": date(2025, 1, 1),
    "vintage_to": date(2026, 1, 1),
    "vintage_label": "2025",
}


@cache
def actor(name: str) -> Actor:
    return actor_for(Person.objects.get(username=name))


def open_market(accounts: int) -> None:
    """One registry with one unit type, people, and operators' accounts with the ids 1, 2, 3 …"""
    korea = Jurisdiction.objects.create(code="KR", iso_3166="KR", level="party", name_en="Korea")
    scheme = Scheme.objects.create(code="K-ETS", jurisdiction=korea, kind="ets", name_en="K-ETS")
    registry = Registry.objects.create(
        code="KR-ETRS", scheme=scheme, jurisdiction=korea, name_en="K-ETS registry"
    )
    UnitType.objects.create(
        id=UNIT_TYPE, code="KAU", registry=registry, kind="allowance", name_en="KAU"
    )
    holder = AccountHolder.objects.create(
        code="OPERATOR", name="Operator", jurisdiction=korea, is_synthetic=True
    )
    for name, role in (
        ("administrator 1", "administrator"),
        ("administrator 2", "administrator"),
        ("market", "system"),
    ):
        person = Person.objects.create(username=name, display_name=name, is_system=role == "system")
        RoleAssignment.objects.create(person=person, role=role)
    opened = open_accounts(
        actor=actor("administrator 1"),
        registry_id=registry.pk,
        accounts=[NewAccount("operator", f"Operator {n}", holder.pk) for n in range(accounts)],
        at=AT,
    )
    if [account.pk for account in opened] != list(range(1, accounts + 1)):
        raise SystemExit("the accounts did not get the ids that the measures choose from")


def issue_blocks(*, accounts: int, blocks: int, size: int, key: str) -> None:
    """Issue blocks of one size to the accounts in turn, in one proposal and one approval."""
    issuance = Issuance(
        UNIT_TYPE, [(number % accounts + 1, size) for number in range(blocks)], **VINTAGE
    )
    proposed = issue(actor=actor("administrator 1"), issuances=[issuance], key=key, at=AT)
    payload_hash = Transaction.objects.values_list("payload_hash", flat=True).get(
        pk=proposed.transaction_id
    )
    approve(
        actor=actor("administrator 2"),
        transaction_id=proposed.transaction_id,
        payload_hash=bytes(payload_hash),
        at=AT,
    )


def move_blocks(*, accounts: int, moves: int, batch: int) -> None:
    """Deliver from the first half of the accounts to the second, many lines a call."""
    choices = Choices(seed=0, accounts=accounts)
    market = actor("market")
    for done in range(0, moves, batch):
        drawn = [choices.next() for _ in range(min(batch, moves - done))]
        lines = [
            Line(choice.source, choice.destination, UNIT_TYPE, choice.quantity) for choice in drawn
        ]
        deliver(actor=market, lines=lines, key=f"moves {done}", at=AT)
        keep_up()


def keep_up() -> None:
    """Do the work of the sequencer and of the log, so that the ledger is as a node that keeps up
    leaves it: everything has a position, is in the log, and was signed in time."""
    while posting.sequence(SEQUENCED):
        pass
    while append_batch():
        pass
    make_checkpoint(at=timezone.now())


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--open", action="store_true", help="make the registry first")
    parser.add_argument("--accounts", type=int, required=True)
    parser.add_argument("--blocks", type=int, default=0)
    parser.add_argument("--size", type=int, default=1)
    parser.add_argument("--batch", type=int, default=10_000, help="blocks or moves of one call")
    parser.add_argument("--moves", type=int, default=0, help="transfers after the issuances")
    chosen = parser.parse_args(arguments)
    if chosen.open:
        open_market(chosen.accounts)
    ensure_keys(at=timezone.now())
    run = f"{time.monotonic():.6f}"
    took = 0.0
    for done in range(0, chosen.blocks, chosen.batch):
        number = min(chosen.batch, chosen.blocks - done)
        began = time.monotonic()
        issue_blocks(
            accounts=chosen.accounts, blocks=number, size=chosen.size, key=f"issue {run} {done}"
        )
        took += time.monotonic() - began
        keep_up()
        print(done + number, f"{took:.3f}", flush=True)
    move_blocks(accounts=chosen.accounts, moves=chosen.moves, batch=chosen.batch)
    keep_up()


if __name__ == "__main__":
    main(sys.argv[1:])
