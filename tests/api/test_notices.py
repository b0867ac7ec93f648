"""Notices, preferences and recovery by REST."""

import json

import pytest
from django.utils import timezone

from registry.models import Person
from registry.services import api_keys, write_notices
from tests.api.conftest import ApiClient
from tests.api.signing import Signer
from tests.people import person, represents


@pytest.fixture
def told(world, keys):
    """Each person of the world is told of the key that they were given."""
    write_notices.write_notices(at=world.at)
    for name in ("administrator_1", "administrator_2", "auditor"):
        found = Person.objects.get(username=name)
        api_keys.issue_key(actor=world.system, person_id=found.pk, label="new", at=world.at)
    for _step in range(2):
        write_notices.write_notices(at=world.at)


def test_own_notices_only(told, administrator_1, auditor):
    """Everybody reads their own, whatever their role is."""
    (notice,) = auditor.get("notices").json()["items"]
    assert notice["kind"] == "security_event"
    assert notice["subject"] == "person:auditor"
    assert notice["data"]["label"] == "new"
    answer = administrator_1.get(f"notices/{notice['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_NOTICE")


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ko"])
def test_texts_are_in_the_language_of_the_request(told, auditor, language):
    """Each language has its own."""
    (notice,) = auditor.get("notices", **{"accept-language": language}).json()["items"]
    assert ("Security of auditor" in notice["title"]) is (language == "en")
    assert notice["text"]


def test_reading(told, auditor):
    """One, then all up to a number; filters see it."""
    (notice,) = auditor.get("notices", {"unread": "true"}).json()["items"]
    first = auditor.post(f"notices/{notice['id']}/read", {})
    assert first.status_code == 201 and first.json()["read_at"]
    again = auditor.post(f"notices/{notice['id']}/read", {})
    assert again.json()["read_at"] == first.json()["read_at"]
    assert auditor.get("notices", {"unread": "true"}).json()["items"] == []
    assert auditor.post("notices/read", {"upto": notice["id"]}).json() == {"read": 0}
    assert auditor.get("notices", {"kind": "stop_placed"}).json()["items"] == []


def test_representative_without_a_role_is_told(world, description):
    """Those who act for an account read their notices by their key."""
    actor = represents(world, "operator-a", world.at_home.operator_a, "read")
    write_notices.write_notices(at=world.at)
    issued = api_keys.issue_key(
        actor=world.system, person_id=actor.person_id, label="x", at=world.at
    )
    for _step in range(2):
        write_notices.write_notices(at=world.at)
    client = ApiClient(description, issued.text)
    assert len(client.get("notices").json()["items"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("notices/x/read", {}, "NOT_A_NUMBER"),
        ("notices/999999/read", {}, "UNKNOWN_NOTICE"),
        ("notices/read", {}, "FIELD_MISSING"),
        ("notices/read", {"upto": "-1"}, "NOT_A_NUMBER"),
        ("preferences", {"language": "tlh"}, "NOT_A_CHOICE"),
        ("preferences", {"email": "nobody"}, "NOT_A_MAIL_ADDRESS"),
        ("preferences", {"mail_notices": True}, "NOT_A_CHOICE"),
        ("preferences", {"password": "x"}, "UNKNOWN_FIELD"),
    ],
)
def test_bad_input(told, auditor, path, body, code):
    """Each with its own code."""
    assert auditor.post(path, body).json()["code"] == code


def test_preferences(told, auditor):
    """What is not named stays."""
    assert auditor.get("preferences").json() == {
        "person": "auditor",
        "language": "en",
        "mail_notices": True,
        "email": "",
        "mail_is_sent": False,
    }
    answer = auditor.post("preferences", {"language": "ko", "email": "a@mail.example"})
    assert answer.status_code == 201
    answer = auditor.post("preferences", {"mail_notices": "false"}).json()
    assert (answer["language"], answer["email"], answer["mail_notices"]) == (
        "ko",
        "a@mail.example",
        False,
    )


def signed(client, signer, path, body, key):
    """A POST that carries a signature instead of a secret."""
    data = json.dumps(body).encode()
    address = f"/api/v1/{path}"
    headers = signer.headers("POST", address, data, key=key, created=timezone.now())
    media_type = "application/json"
    return client.request("POST", address, data=data, headers=headers, media_type=media_type)


@pytest.fixture
def managers(world):
    """Two system administrators with keys that sign."""
    signers = []
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
        signers.append(signer)
    return signers


RECOVERY = {"kind": "recovery", "person": "administrator_2", "reason": "called back"}


def test_recovery_by_signed_requests(anonymous, managers, administrator_1):
    """Asked and approved by two keys that sign; the password is in one answer only."""
    request = signed(anonymous, managers[0], "requests", RECOVERY, "a").json()
    assert request["registry"] is None and request["status"] == "waiting"
    decision = {"decision": "approve", "payload_hash": request["payload_hash"]}
    path = f"requests/{request['id']}/decisions"
    own = signed(anonymous, managers[0], path, decision, "b").json()
    assert own["code"] == "REQUESTER_CAN_NOT_DECIDE"
    shown = signed(anonymous, managers[1], path, decision, "once").json()["shown"]
    assert Person.objects.get(username="administrator_2").check_password(shown)
    assert signed(anonymous, managers[1], path, decision, "once").json()["shown"] is None
    assert administrator_1.get(f"requests/{request['id']}").json()["shown"] is None


def test_person_added_by_signed_requests(anonymous, managers, administrator_1):
    """As a recovery: asked and approved by two who sign; nobody else asks for it."""
    said = {
        "kind": "person",
        "person": "regulator_1",
        "display_name": "Regulator 1",
        "roles": [{"role": "regulator", "registry": "KR-ETRS"}],
    }
    request = signed(anonymous, managers[0], "requests", said, "a").json()
    assert request["payload"]["roles"] == said["roles"]
    decision = {"decision": "approve", "payload_hash": request["payload_hash"]}
    path = f"requests/{request['id']}/decisions"
    shown = signed(anonymous, managers[1], path, decision, "b").json()["shown"]
    assert Person.objects.get(username="regulator_1").check_password(shown)
    wrong = {**said, "roles": [{"role": "system"}]}
    refused = signed(anonymous, managers[0], "requests", wrong, "c").json()
    assert [each["pointer"] for each in refused["errors"]] == ["/roles/0/role"]
    assert administrator_1.post("requests", said).json()["code"] == "NOT_PERMITTED"


def test_recovery_by_a_secret_is_refused(world, description, managers):
    """A secret that lies in a file proves nobody's presence."""
    manager = Person.objects.get(username="manager_1")
    issued = api_keys.issue_key(actor=world.system, person_id=manager.pk, label="s", at=world.at)
    answer = ApiClient(description, issued.text).post("requests", RECOVERY)
    assert (answer.status_code, answer.json()["code"]) == (403, "SIGNED_REQUEST_REQUIRED")


def test_registry_administrator_asks_for_no_recovery(administrator_1):
    """It is the system administrators' to ask for."""
    assert administrator_1.post("requests", RECOVERY).json()["code"] == "NOT_PERMITTED"
