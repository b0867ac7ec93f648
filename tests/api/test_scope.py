"""A reader sees the registries of their roles; what is in others does not exist for them."""

import pytest

from registry.models import Role, RoleAssignment
from registry.services.api_keys import issue_key
from registry.services.people import add_person
from tests.api.conftest import ApiClient
from tests.api.proposals import approve, issuance, line, proposal
from tests.world import issue_units, stock


@pytest.fixture
def elsewhere(world, description):
    """The client of an administrator of `neighbour` only."""
    person = add_person(actor=world.system, username="elsewhere", display_name="elsewhere")
    RoleAssignment.objects.create(person=person, role=Role.ADMINISTRATOR, registry=world.neighbour)
    key = issue_key(actor=world.system, person_id=person.pk, label="k", at=world.at)
    return ApiClient(description, key.text)


@pytest.fixture
def stocked(world):
    stock(world, operator_a=1000)
    issue_units(world, world.cea, [(world.at_neighbour.operator, 70)])
    return world


def test_lists_are_those_of_own_registries(stocked, elsewhere):
    """Accounts, holdings and transactions of other registries are in no list."""
    accounts = elsewhere.get("accounts").json()["items"]
    assert {item["registry"] for item in accounts} == {"CN-ETR"}
    holdings = elsewhere.get("holdings").json()["items"]
    assert {item["registry"] for item in holdings} == {"CN-ETR"}
    transactions = elsewhere.get("transactions").json()["items"]
    assert {item["registry"] for item in transactions} == {"CN-ETR"}
    assert elsewhere.get("accounts", {"registry": "KR-ETRS"}).json()["items"] == []
    assert elsewhere.get("blocks", {"unit_type": "KAU", "serial": "1"}).json()["items"] == []


def test_things_of_others_are_not_found(stocked, elsewhere, administrator_1, numbers):
    """They are not found, in the words of what does not exist at all."""
    number = numbers("operator_a")
    body = proposal("transfer", line(number, numbers("operator_b")))
    address = administrator_1.post("transactions", body, key="a")["Location"]
    for path in (
        f"accounts/{number}",
        f"accounts/{number}/balances",
        address,
        f"{address}/lines",
        f"{address}/movements",
        f"{address}/approvals",
    ):
        answer = elsewhere.get(path)
        assert answer.status_code == 404, path
        absent = path.replace(number, "KR-ETRS-9999999-41").replace(address, address + "000")
        assert elsewhere.get(absent).json()["code"] == answer.json()["code"]
    assert elsewhere.get("holdings", {"account": number}).status_code == 404
    assert elsewhere.get("transactions", {"account": number}).status_code == 404
    history = elsewhere.get("blocks/history", {"unit_type": "KAU", "serial": "1"})
    assert (history.status_code, history.json()["code"]) == (404, "LEDGER_NOT_READABLE")


def test_transactions_of_others_are_not_decided(
    stocked, elsewhere, administrator_1, administrator_2, numbers
):
    """Neither a decision nor a withdrawal nor a reversal reaches into another registry."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    assert approve(elsewhere, answer).status_code == 404
    assert elsewhere.post(f"{answer['Location']}/withdrawal", {}).status_code == 404
    approve(administrator_2, answer)
    for kind, field in (("reverse", "reverses"), ("release", "freeze")):
        refused = elsewhere.post(
            "transactions", {"type": kind, field: answer.json()["id"]}, key=kind
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "UNKNOWN_TRANSACTION")
        assert refused.json()["errors"][0]["pointer"] == f"/{field}"


def test_accounts_of_others_do_not_exist_in_proposals(stocked, elsewhere, numbers):
    """A proposal that names them is told what it would be told of unknown ones."""
    own = numbers("operator", "at_neighbour")
    foreign = numbers("operator_a")
    refused = elsewhere.post(
        "transactions", proposal("delivery", line(own, foreign, unit_type="CEA")), key="a"
    )
    assert refused.status_code == 422
    assert [item["code"] for item in refused.json()["errors"]] == ["UNKNOWN_DESTINATION_ACCOUNT"]
    issued = elsewhere.post(
        "transactions", {"type": "issue", "issuances": [issuance(foreign)]}, key="b"
    )
    assert issued.json()["errors"][0]["pointer"] == "/issuances/0/blocks/0/account"


def test_own_registry_can_be_worked_in(stocked, elsewhere, administrator_2, numbers):
    """A role in one registry is enough there."""
    own = numbers("operator", "at_neighbour")
    body = proposal("transfer", line(own, numbers("trading", "at_neighbour"), "7", "CEA"))
    answer = elsewhere.post("transactions", body, key="a")
    assert answer.status_code == 202, answer.content
    assert approve(administrator_2, answer).status_code == 201
