"""Persons by REST: who there is, who is added, changed, recovered and deactivated."""

import json

import pytest
from django.utils import timezone

from registry.models import Person
from registry.services import api_keys
from tests.api.conftest import ApiClient
from tests.api.signing import Signer
from tests.people import person


def signed(client, signer, path, body, key):
    """A POST that carries a signature instead of a secret."""
    data = json.dumps(body).encode()
    address = f"/api/v1/{path}"
    headers = signer.headers("POST", address, data, key=key, created=timezone.now())
    media_type = "application/json"
    return client.request("POST", address, data=data, headers=headers, media_type=media_type)


@pytest.fixture
def signers(world):
    """Two system administrators with keys that sign."""
    found = []
    for number in (1, 2):
        actor = person(world, f"manager_{number}", "system_administrator")
        signer = Signer.new()
        issued = api_keys.register_key(
            actor=world.system,
            person_id=actor.person_id,
            label="x",
            public_key=signer.public,
            at=world.at,
        )
        signer.key_id = issued.api_key.prefix
        found.append(signer)
    return found


RECOVERY = {"kind": "recovery", "person": "administrator_2", "reason": "called back"}


def test_recovery_by_signed_requests(anonymous, signers, administrator_1):
    """Asked and approved by two keys that sign; each part of the password is in one answer only."""
    request = signed(anonymous, signers[0], "requests", RECOVERY, "a").json()
    part = request["shown"]
    assert signed(anonymous, signers[0], "requests", RECOVERY, "a").json()["shown"] is None
    assert request["registry"] is None and request["status"] == "waiting"
    decision = {"decision": "approve", "payload_hash": request["payload_hash"]}
    path = f"requests/{request['id']}/decisions"
    own = signed(anonymous, signers[0], path, decision, "b").json()
    assert own["code"] == "REQUESTER_CAN_NOT_DECIDE"
    shown = signed(anonymous, signers[1], path, decision, "once").json()["shown"]
    assert Person.objects.get(username="administrator_2").check_password(f"{part}-{shown}")
    assert signed(anonymous, signers[1], path, decision, "once").json()["shown"] is None
    assert administrator_1.get(f"requests/{request['id']}").json()["shown"] is None


def test_person_added_by_signed_requests(anonymous, signers, administrator_1):
    """As a recovery: asked and approved by two who sign; nobody else asks for it."""
    said = {
        "kind": "person",
        "person": "regulator_1",
        "display_name": "Regulator 1",
        "roles": [{"role": "regulator", "registry": "KR-ETRS"}],
    }
    request = signed(anonymous, signers[0], "requests", said, "a").json()
    assert request["payload"]["roles"] == said["roles"]
    decision = {"decision": "approve", "payload_hash": request["payload_hash"]}
    path = f"requests/{request['id']}/decisions"
    shown = signed(anonymous, signers[1], path, decision, "b").json()["shown"]
    added = Person.objects.get(username="regulator_1")
    assert added.check_password(f"{request['shown']}-{shown}")
    wrong = {**said, "roles": [{"role": "system"}]}
    refused = signed(anonymous, signers[0], "requests", wrong, "c").json()
    assert [each["pointer"] for each in refused["errors"]] == ["/roles/0/role"]
    assert administrator_1.post("requests", said).json()["code"] == "NOT_PERMITTED"


def test_recovery_by_a_secret_is_refused(world, description, signers):
    """A secret that lies in a file proves nobody's presence."""
    manager = Person.objects.get(username="manager_1")
    issued = api_keys.issue_key(actor=world.system, person_id=manager.pk, label="s", at=world.at)
    answer = ApiClient(description, issued.text).post("requests", RECOVERY)
    assert (answer.status_code, answer.json()["code"]) == (403, "SIGNED_REQUEST_REQUIRED")


def test_registry_administrator_asks_for_no_recovery(administrator_1):
    """It is the system administrators' to ask for."""
    assert administrator_1.post("requests", RECOVERY).json()["code"] == "NOT_PERMITTED"


def test_persons_are_listed_and_read(world, anonymous, administrator_1, auditor):
    """With their roles, for who has a role; what is asked for narrows the list."""
    here = {"role": "auditor", "registry": world.home.code}
    person(world, "auditor_2", "auditor", world.home)
    listed = administrator_1.get("persons", {"limit": "2"}).json()
    assert len(listed["items"]) == 2 and listed["next"]
    assert administrator_1.get("persons", here).json()["items"][0]["roles"] == [here]
    found = auditor.get("persons/auditor_2").json()
    assert (found["username"], found["active"], found["roles"]) == ("auditor_2", True, [here])
    assert auditor.get("persons", {"active": "false"}).json()["items"] == []
    assert auditor.get("persons/nobody").json()["code"] == "UNKNOWN_PERSON"
    assert anonymous.get("persons").status_code == 401


def test_one_deactivates_at_once_and_two_let_in_again(anonymous, signers, auditor):
    """The key of who was deactivated acts no more, until two who sign have said so."""
    path, said = "persons/auditor/deactivation", {"reason": "left today"}
    assert auditor.post(path, said).json()["code"] == "NOT_PERMITTED"
    done = signed(anonymous, signers[0], path, said, "a")
    assert (done.status_code, done.json()["active"]) == (201, False)
    assert auditor.get("accounts").json()["code"] == "PERSON_INACTIVE"
    again = signed(anonymous, signers[0], path, said, "b").json()
    assert again["code"] == "PERSON_DEACTIVATED"
    back = {"kind": "person_change", "person": "auditor", "active": "true", "reason": "returned"}
    request = signed(anonymous, signers[0], "requests", back, "c").json()
    decision = {"decision": "approve", "payload_hash": request["payload_hash"]}
    path = f"requests/{request['id']}/decisions"
    assert signed(anonymous, signers[1], path, decision, "d").json()["status"] == "approved"
    assert auditor.get("accounts").status_code == 200


def test_roles_are_changed_by_signed_requests(anonymous, signers, administrator_1):
    """Given and taken as one; nobody without the role asks for it."""
    said = {
        "kind": "person_change",
        "person": "administrator_2",
        "give": [{"role": "regulator", "registry": "KR-ETRS"}],
        "reason": "moves to the ministry",
    }
    assert administrator_1.post("requests", said).json()["code"] == "NOT_PERMITTED"
    request = signed(anonymous, signers[0], "requests", said, "a").json()
    assert request["payload"]["give"] == said["give"] and request["shown"] is None
    decision = {"decision": "approve", "payload_hash": request["payload_hash"]}
    signed(anonymous, signers[1], f"requests/{request['id']}/decisions", decision, "b")
    roles = administrator_1.get("persons/administrator_2").json()["roles"]
    assert said["give"][0] in roles
    wrong = {**said, "take": [{"role": "auditor", "registry": "KR-ETRS"}]}
    refused = signed(anonymous, signers[0], "requests", wrong, "c").json()
    assert refused["code"] == "ROLE_NOT_GIVEN"
