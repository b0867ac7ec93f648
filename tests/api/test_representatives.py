"""Representatives by REST, end to end: what each right may do, and what it may not."""

import pytest

from registry.models import Representative
from registry.services.api_keys import issue_key
from tests.api.conftest import ApiClient
from tests.api.proposals import approve, line, proposal
from tests.people import represents
from tests.world import blocks, stock

RIGHTS = ("read", "initiate", "approve", "initiate_and_approve", "surrender")


@pytest.fixture
def clients(world, description):
    """A client for each right, of a person who represents operator A with it."""
    stock(world, operator_a=1000)
    made = {}
    for right in RIGHTS:
        actor = represents(world, right, world.at_home.operator_a, right)
        key = issue_key(actor=world.system, person_id=actor.person_id, label="k", at=world.at)
        made[right] = ApiClient(description, key.text)
    return made


@pytest.fixture
def transfer(numbers):
    """The body of a transfer from operator A to operator B."""
    ends = numbers("operator_a"), numbers("operator_b")
    return lambda quantity="10": proposal("transfer", line(*ends, quantity))


def held(world, name):
    return sum(last - first + 1 for first, last in blocks(getattr(world.at_home, name), world.kau))


def test_one_initiates_and_another_confirms(world, clients, transfer):
    """The pair: who initiates does not confirm, who confirms does not initiate."""
    refused = clients["approve"].post("transactions", transfer())
    assert (refused.status_code, refused.json()["code"]) == (403, "REPRESENTATIVE_RIGHT_MISSING")
    made = clients["initiate"].post("transactions", transfer())
    assert (made.status_code, made.json()["status"]) == (202, "awaiting_approval")
    own = approve(clients["initiate"], made)
    assert (own.status_code, own.json()["code"]) == (403, "REPRESENTATIVE_RIGHT_MISSING")
    done = approve(clients["approve"], made)
    assert done.json()["status"] == "completed", done.content
    assert held(world, "operator_b") == 10


def test_both_rights_are_still_two_persons(world, clients, transfer):
    """Who may both initiate and approve does not approve what they have initiated."""
    made = clients["initiate_and_approve"].post("transactions", transfer())
    own = approve(clients["initiate_and_approve"], made)
    assert (own.status_code, own.json()["code"]) == (403, "PROPOSER_CAN_NOT_APPROVE")
    assert approve(clients["approve"], made).status_code == 201
    other = clients["initiate"].post("transactions", transfer())
    assert approve(clients["initiate_and_approve"], other).json()["status"] == "completed"
    assert held(world, "operator_b") == 20


def test_who_may_only_surrender(world, clients, transfer, numbers):
    """They give units up for an obligation, and do nothing else with them."""
    refused = clients["surrender"].post("transactions", transfer())
    assert (refused.status_code, refused.json()["code"]) == (403, "REPRESENTATIVE_RIGHT_MISSING")
    for kind in ("retire", "cancel"):
        body = proposal(kind, line(numbers("operator_a"), quantity="1"), reason="x")
        refused = clients["surrender"].post("transactions", body)
        assert refused.json()["code"] == "REPRESENTATIVE_RIGHT_MISSING"
    body = proposal("surrender", line(numbers("operator_a"), quantity="7", period="2025"))
    made = clients["surrender"].post("transactions", body)
    assert made.status_code == 202, made.content
    assert approve(clients["surrender"], made).json()["code"] == "REPRESENTATIVE_RIGHT_MISSING"
    assert approve(clients["approve"], made).json()["status"] == "completed"
    assert held(world, "surrender") == 7


def test_who_only_reads(world, clients, transfer, numbers):
    """They see the account and what moves, and neither propose nor approve, in no way."""
    reader = clients["read"]
    (account,) = reader.get("accounts").json()["items"]
    assert account["number"] == numbers("operator_a")
    for path, body in (
        ("transactions", transfer()),
        ("batches", {**transfer(), "mode": "all_or_nothing"}),
    ):
        refused = reader.post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (
            403,
            "REPRESENTATIVE_RIGHT_MISSING",
        )
    made = clients["initiate"].post("transactions", transfer())
    assert reader.get(f"transactions/{made.json()['id']}").status_code == 200
    assert approve(reader, made).json()["code"] == "REPRESENTATIVE_RIGHT_MISSING"
    asked = {"kind": "trusted_account", "account": account["number"]}
    refused = reader.post("requests", {**asked, "trusted": numbers("operator_b")})
    assert refused.json()["code"] == "REPRESENTATIVE_RIGHT_MISSING"


def test_suspension_counts_at_once(world, clients, transfer, administrator_1):
    """Of who initiates and of who confirms; what waits goes on waiting for another person."""
    made = clients["initiate"].post("transactions", transfer())
    for right in ("initiate", "approve"):
        number = Representative.objects.get(person__username=right).pk
        path = f"representatives/{number}/suspension"
        assert administrator_1.post(path, {"reason": "lost phone"}).status_code == 201
    refused = clients["initiate"].post("transactions", transfer())
    assert (refused.status_code, refused.json()["code"]) == (403, "REPRESENTATIVE_SUSPENDED")
    # A suspended representative reads nothing either, so the transaction is not there for them.
    assert approve(clients["approve"], made).status_code == 404
    assert clients["approve"].get("accounts").json()["items"] == []
    assert approve(clients["initiate_and_approve"], made).json()["status"] == "completed"


def test_a_batch_of_a_representative(world, clients, transfer):
    """Proposed by one and approved as one by another; of another account it is refused."""
    lines = transfer("5")["lines"] * 2
    body = {"mode": "each_on_its_own", "type": "transfer", "lines": lines}
    made = clients["initiate"].post("batches", body).json()["batch"]
    said = {"decision": "approve", "payload_hash": made["payload_hash"]}
    path = f"batches/{made['id']}/approvals"
    assert clients["read"].post(path, said).json()["code"] == "REPRESENTATIVE_RIGHT_MISSING"
    done = clients["approve"].post(path, said)
    assert done.json()["batch"]["states"] == [{"status": "completed", "count": 2}]
    assert held(world, "operator_b") == 10
    turned = [
        {**each, "source": each["destination"], "destination": each["source"]} for each in lines
    ]
    refused = clients["initiate"].post("batches", {**body, "lines": turned}).json()
    assert [item["code"] for item in refused["items"]] == ["NOT_PERMITTED"] * 2
