"""A year of a registry by the Python client that is generated from openapi.yaml.

The same steps as in rest.sh, and the same variables of the environment; `concord_client` is what
the guide tells to generate.
"""

import csv
import os
import time
from datetime import UTC, date, datetime, timedelta

from concord_client import AuthenticatedClient, models
from concord_client.api.accounts import get_balances, list_accounts
from concord_client.api.requests import ask_for_something, decide_request
from concord_client.api.transactions import (
    cancel_transaction,
    decide_transaction,
    get_transaction,
    propose_transaction,
)

NODE = os.environ.get("NODE", "http://localhost:8000")
REGISTRY = os.environ.get("REGISTRY", "KR-ETRS")
UNIT_TYPE = os.environ.get("UNIT_TYPE", "KAU")
TABLE = os.environ.get("TABLE", "docs/guides/allocation.csv")
RUN = os.environ.get("RUN", "guide by client")
PATIENCE_S = 60


class Person:
    """Who acts: a key. Each request has an idempotency key of its own."""

    count = 0

    def __init__(self, variable):
        key = os.environ[variable]
        self.client = AuthenticatedClient(NODE, token=key, timeout=30)

    def ask(self, operation, *names, **said):
        """What is answered; a problem ends the program."""
        if "body" in said:
            Person.count += 1
            said["idempotency_key"] = f"{RUN} {Person.count}"
        answer = operation.sync_detailed(*names, client=self.client, **said)
        if answer.status_code >= 300:
            raise SystemExit(f"{answer.status_code}: {answer.content.decode()}")
        return answer.parsed

    def propose(self, body):
        return self.ask(propose_transaction, body=body)

    def approve(self, operation, answer):
        """Exactly what was answered is approved, by its hash."""
        word = models.DecisionDecision.APPROVE
        body = models.Decision(word, answer.payload_hash, reason="checked")
        return self.ask(operation, answer.id, body=body)


def open_account(one, two, kind, name):
    """Asked for by one administrator, approved by another; the number of the account."""
    body = models.AccountOpening(
        kind=models.AccountOpeningKind.ACCOUNT_OPENING,
        registry=REGISTRY,
        account_kind=models.AccountOpeningAccountKind(kind),
        name=name,
        reason="the guide",
    )
    two.approve(decide_request, one.ask(ask_for_something, body=body))
    page = one.ask(list_accounts, registry=REGISTRY, kind=models.ListAccountsKind(kind))
    return next(account.number for account in page.items if account.name == name)


def appoint(one, two, account, person, right):
    """A representative of an account."""
    body = models.Appointment(
        kind=models.AppointmentKind.REPRESENTATIVE,
        account=account,
        person=person,
        right=models.AppointmentRight(right),
        reason="the guide",
    )
    two.approve(decide_request, one.ask(ask_for_something, body=body))


def issue(government, units):
    block = models.IssuedBlock(account=government, quantity=str(units))
    issuance = models.Issuance(
        unit_type=UNIT_TYPE,
        blocks=[block],
        vintage_from=date(2026, 1, 1),
        vintage_to=date(2027, 1, 1),
        vintage_label="2026",
    )
    return models.IssueProposal(models.IssueProposalType.ISSUE, [issuance])


def movement(kind, *lines, **more):
    """Lines are the source, the destination, and how many units."""
    said = [models.MovementLine(*ends, unit_type=UNIT_TYPE, quantity=str(n)) for *ends, n in lines]
    return models.MovementProposal(models.MovementProposalType(kind), said, **more)


def held(person, account):
    balances = person.ask(get_balances, account)
    return sum(int(each.quantity) for each in balances.items)


def wait_for(person, number, status):
    end = time.monotonic() + PATIENCE_S
    while person.ask(get_transaction, number).status != status:
        if time.monotonic() > end:
            raise SystemExit(f"transaction {number} is not {status} after {PATIENCE_S} s")
        time.sleep(1)


def expect(what, expected, found):
    if expected != found:
        raise SystemExit(f"{what}: {found}, not {expected}")
    print(f"{what}: {found}")  # noqa: T201 - this program speaks to who runs it


def main():
    one, two = Person("KEY_1"), Person("KEY_2")
    initiator, approver = Person("KEY_INITIATOR"), Person("KEY_APPROVER")
    government = open_account(one, two, "government", "Allowances, by the client")
    open_account(one, two, "surrender", "Surrendered, by the client")
    with open(TABLE, newline="") as table:
        rows = list(csv.DictReader(table))
    operators = [
        open_account(one, two, "operator", f"{row['operator']}, by the client") for row in rows
    ]
    seller, buyer = operators[:2]
    appoint(one, two, seller, os.environ["INITIATOR"], "initiate")
    appoint(one, two, seller, os.environ["APPROVER"], "approve")

    two.approve(decide_transaction, one.propose(issue(government, 1_000_000)))
    lines = [(government, to, row["tonnes"]) for to, row in zip(operators, rows, strict=True)]
    two.approve(decide_transaction, one.propose(movement("allocate", *lines)))
    expect("operator A has", 1000, held(one, seller))

    soon, later = (datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (4, 3600))
    sale = initiator.propose(movement("transfer", (seller, buyer, 300), execute_at=soon))
    approver.approve(decide_transaction, sale)
    wait_for(one, sale.id, models.TransactionDetailStatus.COMPLETED)
    expect("operator B has", 800, held(one, buyer))

    stopped = initiator.propose(movement("transfer", (seller, buyer, 100), execute_at=later))
    approver.approve(decide_transaction, stopped)
    reason = models.Cancellation(reason="the buyer stepped back")
    initiator.ask(cancel_transaction, stopped.id, body=reason)

    use = models.UseLine(source=seller, unit_type=UNIT_TYPE, quantity="600", period="2026")
    surrender = initiator.propose(models.UseProposal(models.UseProposalType.SURRENDER, [use]))
    approver.approve(decide_transaction, surrender)
    expect("operator A has", 100, held(one, seller))
    back = models.ReversalProposal(
        models.ReversalProposalType.REVERSE, surrender.id, reason="wrong year"
    )
    two.approve(decide_transaction, one.propose(back))
    expect("operator A has", 700, held(one, seller))


if __name__ == "__main__":
    main()
