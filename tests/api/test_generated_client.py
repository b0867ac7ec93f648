"""A client generated from the description does a member jurisdiction's work."""

import ast
import importlib
import sys
from contextlib import contextmanager
from datetime import date

import pytest

from tests.api.generated import PACKAGE, generate
from tests.serving import served

pytestmark = pytest.mark.slow

ISSUED, MOVED, USED = "1000", "300", "120"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The directory of the generated package, from which it can be imported meanwhile."""
    directory = tmp_path_factory.mktemp("generated")
    generate(directory)
    sys.path.insert(0, str(directory))
    yield directory / PACKAGE
    sys.path.remove(str(directory))
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def part(name):
    """A module of the generated package."""
    return importlib.import_module(f"{PACKAGE}.{name}")


class Caller:
    """One person's key; every answer but a success ends the test."""

    def __init__(self, address, key):
        self.client = part("client").AuthenticatedClient(base_url=address, token=key)
        self.count = 0

    def call(self, tag, operation, *arguments, **said):
        if "body" in said:
            self.count += 1
            said["idempotency_key"] = f"{operation} {self.count}"
        module = part(f"api.{tag}.{operation}")
        answer = module.sync_detailed(*arguments, client=self.client, **said)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    def propose(self, body):
        return self.call("transactions", "propose_transaction", body=body)

    def approve(self, answer):
        models = part("models")
        decision = models.Decision(models.DecisionDecision.APPROVE, answer.payload_hash)
        return self.call("transactions", "decide_transaction", answer.id, body=decision)


@contextmanager
def callers(address, *keys):
    """Whose connections are closed at the end."""
    found = [Caller(address, key) for key in keys]
    yield found
    for caller in found:
        caller.client.get_httpx_client().close()


def test_generator_warns_of_nothing_and_omits_nothing(package, description):
    """Each operation has its module, named as the description names it, and each form a class."""
    modules = {path.stem for path in (package / "api").glob("*/*.py")} - {"__init__"}
    operations = [
        operation["operationId"]
        for item in description["paths"].values()
        for operation in item.values()
    ]
    assert {name.replace("_", "") for name in modules} == {name.lower() for name in operations}
    assert len(operations) == len(set(operations))
    exported = set(part("models").__all__)
    unions = {"TransactionProposal", "RequestForm"}
    assert description["components"]["schemas"].keys() - unions <= exported


def test_names_are_those_of_the_description(package):
    """No class or member is told apart by a number that the generator made up."""
    numbered = [
        f"{path.name}: {node.name}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and ("Type0" in node.name or node.name[-1].isdigit())
    ]
    assert numbered == []


def test_issue_transfer_approve_surrender(package, fresh_database, world, keys, numbers):
    """What two administrators do with it reaches the ledger, and an auditor reads it."""
    models = part("models")
    operator, other = numbers("operator_a"), numbers("operator_b")
    who = ("administrator_1", "administrator_2", "auditor")
    with (
        served() as address,
        callers(address, *(keys[name] for name in who)) as (one, two, auditor),
    ):
        issuance = models.Issuance(
            unit_type="KAU",
            blocks=[models.IssuedBlock(account=operator, quantity=ISSUED)],
            vintage_from=date(2026, 1, 1),
            vintage_to=date(2027, 1, 1),
            vintage_label="KAU26",
        )
        issue = models.IssueProposal(models.IssueProposalType.ISSUE, [issuance])
        assert two.approve(one.propose(issue)).status == models.TransactionStatus.COMPLETED

        line = models.MovementLine(
            source=operator, destination=other, unit_type="KAU", quantity=MOVED
        )
        transfer = models.MovementProposal(models.MovementProposalType.TRANSFER, [line])
        waiting = one.propose(transfer)
        assert waiting.status == models.AnswerStatus.AWAITING_APPROVAL
        assert two.approve(waiting).status == models.TransactionStatus.COMPLETED

        use = models.UseLine(source=other, unit_type="KAU", quantity=USED, period="2026")
        surrender = one.propose(models.UseProposal(models.UseProposalType.SURRENDER, [use]))
        if surrender.status == models.AnswerStatus.AWAITING_APPROVAL:
            two.approve(surrender)
        detail = auditor.call("transactions", "get_transaction", surrender.id)
        assert detail.status == models.TransactionDetailStatus.COMPLETED
        balances = auditor.call("accounts", "get_balances", other)
        assert [(each.unit_type, each.quantity) for each in balances.items] == [("KAU", "180")]
        page = auditor.call("holdings", "list_holdings", account=other)
        assert sum(int(item.quantity) for item in page.items) == 180
