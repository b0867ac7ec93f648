"""Accounts, representatives, requests, trusted lists and stops by REST."""

import base64

import pytest

from registry.models import Account, GovernanceRequest, Representative
from registry.services.api_keys import issue_key
from tests.api.conftest import ApiClient
from tests.people import person, represents
from tests.world import stock

PDF = base64.b64encode(b"%PDF-1.7").decode()


@pytest.fixture
def client_of(world, description):
    """client_of(actor) is a client with a key of that person."""

    def made(actor):
        key = issue_key(actor=world.system, person_id=actor.person_id, label="k", at=world.at)
        return ApiClient(description, key.text)

    return made


@pytest.fixture
def elsewhere(world, client_of):
    return client_of(person(world, "elsewhere", "administrator", world.neighbour))


def opening(**changes):
    return {
        "kind": "account_opening",
        "registry": "KR-ETRS",
        "account_kind": "operator",
        "name": "New",
        "holder": "KR-OPERATOR-A",
        "reason": "permit 7",
        **changes,
    }


def decision(answer, word="approve"):
    return {"decision": word, "payload_hash": answer.json()["payload_hash"]}


def test_account_is_opened(world, administrator_1, administrator_2, auditor, elsewhere):
    """Asked with a document, approved by another person, and there; an auditor reads it all."""
    person(world, "someone")
    body = opening(representatives=[{"person": "someone", "right": "initiate"}])
    asked = administrator_1.post("requests", body, key="a")
    assert asked.status_code == 201, asked.content
    path = asked["Location"]
    given = {"name": "permit.pdf", "media_type": "application/pdf", "content": PDF}
    assert administrator_1.post(f"{path}/documents", given, key="b").status_code == 201
    own = administrator_1.post(f"{path}/decisions", decision(asked), key="c")
    assert (own.status_code, own.json()["code"]) == (403, "REQUESTER_CAN_NOT_DECIDE")
    done = administrator_2.post(f"{path}/decisions", decision(asked), key="d")
    assert done.json()["status"] == "approved", done.content
    number = Account.objects.latest("pk").number
    assert (asked.json()["opened_account"], done.json()["opened_account"]) == (None, number)
    assert f'</api/v1/accounts/{number}>; rel="related"' in done["Link"]
    assert auditor.get("requests").json()["items"][0]["opened_account"] == number
    (representative,) = auditor.get(f"accounts/{number}/representatives").json()["items"]
    assert (representative["person"], representative["right"]) == ("someone", "initiate")
    events = auditor.get(f"accounts/{number}/events").json()["items"]
    assert [event["kind"] for event in events] == ["opened", "representative_appointed"]
    (document,) = auditor.get(path).json()["documents"]
    content = auditor.get(f"{path}/documents/{document['id']}")
    assert content.json()["content"] == PDF
    assert elsewhere.get(path).status_code == 404
    assert elsewhere.get("requests").json()["items"] == []
    assert auditor.post("requests", body, key="e").json()["code"] == "NOT_PERMITTED"


@pytest.mark.parametrize(
    ("body", "status", "codes"),
    [
        ({"kind": "treasure"}, 400, ["UNKNOWN_REQUEST_KIND"]),
        ({"kind": ["account_opening"]}, 400, ["UNKNOWN_REQUEST_KIND"]),
        ({}, 400, ["FIELD_MISSING"]),
        ([], 400, ["FIELD_MISSING"]),
        (opening(name=7, holding_limit="1.5"), 400, ["WRONG_TYPE", "NOT_WHOLE_UNITS"]),
        (opening(account_kind="partner"), 400, ["NOT_A_CHOICE"]),
        (opening(extra="x"), 400, ["UNKNOWN_FIELD"]),
        (opening(registry="XX"), 422, ["UNKNOWN_REGISTRY"]),
        (opening(holder="XX", account_class="y"), 422, ["UNKNOWN_ENTITY", "UNKNOWN_ACCOUNT_CLASS"]),
        (
            {"kind": "account_closure", "account": "KR-ETRS-0000001-00"},
            400,
            ["ACCOUNT_NUMBER_INVALID"],
        ),
        (
            {"kind": "account_closure", "account": "KR-ETRS-9999999-41"},
            422,
            ["UNKNOWN_ACCOUNT"],
        ),
    ],
)
def test_wrong_requests(administrator_1, body, status, codes):
    """Each is answered with its own code, all that is wrong at once, and nothing is asked."""
    refused = administrator_1.post("requests", body, key="a")
    assert refused.status_code == status, refused.content
    assert [item["code"] for item in refused.json()["errors"]] == codes
    assert not GovernanceRequest.objects.exists()


def test_wrong_documents(administrator_1):
    """What is not base64, and what is not of its type."""
    asked = administrator_1.post("requests", opening(), key="a")["Location"]
    given = {"name": "x", "media_type": "image/png", "content": PDF}
    refused = administrator_1.post(f"{asked}/documents", given, key="b")
    assert refused.json()["code"] == "DOCUMENT_IS_ANOTHER_TYPE"
    refused = administrator_1.post(f"{asked}/documents", {**given, "content": "?"}, key="c")
    assert refused.json()["errors"][0]["code"] == "NOT_BASE64"


def test_representatives_work_in_their_account(world, client_of, numbers, administrator_1):
    """They see their account alone, ask for its list, and are suspended at once."""
    actor = represents(world, "someone", world.at_home.operator_a, "initiate")
    stock(world, operator_a=10, operator_b=10)
    client = client_of(actor)
    (account,) = client.get("accounts").json()["items"]
    assert account["number"] == numbers("operator_a")
    assert client.get(f"accounts/{numbers('operator_b')}").status_code == 404
    (held,) = client.get("holdings").json()["items"]
    assert held["block"]["last"] == "10"
    body = {
        "kind": "trusted_account",
        "account": numbers("operator_a"),
        "trusted": numbers("operator_b"),
    }
    asked = client.post("requests", body, key="a")
    assert asked.status_code == 201, asked.content
    assert asked.json()["payload"] == {"account": numbers("operator_b")}
    done = administrator_1.post(f"{asked['Location']}/decisions", decision(asked), key="b")
    assert done.status_code == 201
    path = f"accounts/{numbers('operator_a')}/trusted-accounts"
    (entry,) = client.get(path).json()["items"]
    removal = client.post(f"trusted-accounts/{entry['id']}/removal", {}, key="c")
    assert removal.json()["removed_at"] is not None
    assert client.get(path).json()["items"] == []
    number = Representative.objects.get().pk
    body = {"reason": "lost phone"}
    suspended = administrator_1.post(f"representatives/{number}/suspension", body, key="d")
    assert suspended.json()["suspended_at"] is not None
    assert client.get("accounts").json()["items"] == []
    again = administrator_1.post(f"representatives/{number}/suspension", body, key="e")
    assert (again.status_code, again.json()["code"]) == (409, "REPRESENTATIVE_NOT_IN_FORCE")
    ended = administrator_1.post(f"representatives/{number}/end", {}, key="f")
    assert ended.json()["valid_to"] is not None


def test_stops_by_rest(world, administrator_1, administrator_2, elsewhere, auditor, numbers):
    """Placed at once, read by those who may, asked to be lifted; no other registry sees it."""
    stock(world, operator_a=10)
    body = {"registry": "KR-ETRS", "account": numbers("operator_a"), "reason": "stolen"}
    for client, status in ((auditor, 403), (elsewhere, 422)):
        assert client.post("stops", body, key="a").status_code == status
    placed = administrator_1.post("stops", body, key="a")
    assert placed.status_code == 201, placed.content
    assert auditor.get(placed["Location"]).json()["reason"] == "stolen"
    assert elsewhere.get(placed["Location"]).status_code == 404
    assert elsewhere.get("stops").json()["items"] == []
    assert len(auditor.get("stops", {"standing": "true"}).json()["items"]) == 1
    twice = administrator_2.post("stops", body, key="b")
    assert (twice.status_code, twice.json()["code"]) == (409, "STOP_STANDS")
    lifting = {"kind": "stop_lifting", "registry": "KR-ETRS", "stop": placed.json()["id"]}
    asked = administrator_2.post("requests", lifting, key="c")
    assert asked.json()["approvals_needed"] == 2
    own = administrator_1.post(f"{asked['Location']}/decisions", decision(asked), key="d")
    assert own.json()["code"] == "STOPPER_CAN_NOT_LIFT"
    taken = administrator_2.post(f"{asked['Location']}/withdrawal", {}, key="e")
    assert taken.json()["status"] == "withdrawn"


def test_rules_and_classes_are_read(world, auditor):
    """What a registry lays down is no secret."""
    rules = auditor.get("registries/KR-ETRS/rules").json()
    assert (rules["stop_quorum"], rules["trusted_delay_days"]) == (2, 4)
    assert auditor.get("registries/KR-ETRS/account-classes").json()["items"] == []
