"""Notices and preferences by REST."""

import pytest

from registry.models import Person
from registry.services import api_keys, write_notices
from tests.api.conftest import ApiClient
from tests.people import represents


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
