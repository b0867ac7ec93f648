"""Keys: their scopes, where they may be used from, their rotation, and when they were used."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from registry.keys import text_forms
from registry.models import ApiKey, StoredAnswer
from registry.services.api_keys import Rights, issue_key
from tests.api.conftest import ApiClient
from tests.api.proposals import line, proposal
from tests.api.signing import Signer
from tests.world import stock


@pytest.fixture
def manager(world, description):
    """A key of the system, which manages keys."""
    issued = issue_key(
        actor=world.system, person_id=world.system.person_id, label="manager", at=world.at
    )
    return ApiClient(description, issued.text)


@pytest.fixture
def with_rights(world, description):
    """A client of administrator 1 with a key of these rights."""

    def make(**rights):
        issued = issue_key(
            actor=world.system,
            person_id=world.administrator_1.person_id,
            label="some rights",
            at=world.at,
            rights=Rights(**rights),
        )
        return ApiClient(description, issued.text)

    return make


def test_scopes(with_rights, world, numbers):
    """A key that reads proposes nothing; one that proposes reads nothing; each is told."""
    stock(world, operator_a=10)
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b"), "1"))
    reader, proposer = with_rights(scopes=("read",)), with_rights(scopes=("propose",))
    assert reader.get("accounts").status_code == 200
    assert proposer.post("transactions", body).status_code == 202
    for answer, scope in (
        (reader.post("transactions", body), "propose"),
        (proposer.get("accounts"), "read"),
        (proposer.post("transactions/1/approvals", {}), "approve"),
        (proposer.post("keys", {}), "manage"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_MISSING")
        assert answer.json()["errors"][0]["data"] == {"scope": scope}


@pytest.mark.parametrize(
    ("networks", "status"),
    [
        (("127.0.0.1/32",), 200),
        (("10.0.0.0/8", "127.0.0.0/8"), 200),
        (("10.0.0.0/8",), 403),
        (("::1/128",), 403),
    ],
)
def test_networks(with_rights, networks, status):
    """A key is good only from its networks."""
    answer = with_rights(networks=networks).get("accounts")
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "ADDRESS_NOT_ALLOWED"


def test_address_behind_a_proxy(with_rights, monkeypatch, settings):
    """What the client itself says of its address counts for nothing; the last proxy's word does."""
    client = with_rights(networks=("192.0.2.0/24",))
    said = {"x-forwarded-for": "192.0.2.7, 198.51.100.1"}
    assert client.get("accounts", **said).status_code == 403
    monkeypatch.setitem(settings.CONCORD, "BEHIND_PROXY", True)
    assert client.get("accounts", **said).status_code == 403
    assert client.get("accounts", **{"x-forwarded-for": "x, 192.0.2.7"}).status_code == 200


def test_last_use_is_noted_once_an_hour(with_rights):
    """The first use is written, the next ones are not."""
    client = with_rights()
    key = ApiKey.objects.order_by("-pk").first()
    assert key.last_used_at is None
    client.get("accounts")
    key.refresh_from_db()
    used = key.last_used_at
    assert timezone.now() - used < timedelta(minutes=1)
    client.get("accounts")
    key.refresh_from_db()
    assert key.last_used_at == used


def test_key_is_made_and_shown_once(manager, description):
    """The text is in the first answer; the same request again gets the answer without it."""
    body = {"person": "auditor", "label": "reports", "scopes": ["read"]}
    made = manager.post("keys", body, key="k")
    assert made.status_code == 201
    text = made.json()["text"]
    assert ApiClient(description, text).get("accounts").status_code == 200
    again = manager.post("keys", body, key="k")
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.json() == {**made.json(), "text": None}
    assert text.encode() not in b"".join(bytes(row.body) for row in StoredAnswer.objects.all())


def test_signing_key_is_registered_once(manager):
    """Its name is the thumbprint; a second person does not get the same key."""
    public = text_forms.encode(Signer.new().public)
    body = {"person": "auditor", "label": "signs", "public_key": public}
    made = manager.post("keys", body)
    assert (made.status_code, made.json()["text"]) == (201, None)
    assert made.json()["public_key"] == public
    again = manager.post("keys", {**body, "person": "administrator_1"})
    assert (again.status_code, again.json()["code"]) == (409, "KEY_REGISTERED")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"person": "nobody"}, 404, "UNKNOWN_PERSON"),
        ({"public_key": "abc"}, 400, "NOT_A_PUBLIC_KEY"),
        ({"scopes": ["everything"]}, 400, "NOT_A_CHOICE"),
        ({"scopes": "read"}, 400, "WRONG_TYPE"),
        ({"networks": ["here"]}, 400, "NOT_A_NETWORK"),
        ({"networks": ["10.0.0.1/8"]}, 400, "NOT_A_NETWORK"),
        ({"networks": ["10.0.0.0/8"] * 101}, 400, "TOO_LONG"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 400, "EXPIRY_IN_THE_PAST"),
    ],
)
def test_wrong_keys_are_not_made(manager, change, status, code):
    """Each has its code, and none is made."""
    before = ApiKey.objects.count()
    answer = manager.post("keys", {"person": "auditor", "label": "x", **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert ApiKey.objects.count() == before


def test_others_make_no_keys(administrator_1, auditor):
    """Only who manages keys; an auditor reads them neither."""
    for client in (administrator_1, auditor):
        answer = client.post("keys", {"person": "auditor", "label": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_PERMITTED")


def test_rotation(auditor, description, keys):
    """Both keys are good during the overlap; the new one has the rights of the old one."""
    (own,) = auditor.get("keys").json()["items"]
    body = {"overlap_s": "3600"}
    made = auditor.post(f"keys/{own['id']}/rotation", body)
    assert made.status_code == 201
    assert (made.json()["replaces"], made.json()["scopes"]) == (own["id"], own["scopes"])
    assert ApiClient(description, made.json()["text"]).get("accounts").status_code == 200
    old = auditor.get(f"keys/{own['id']}").json()
    left = datetime.fromisoformat(old["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_rotation_without_overlap_ends_the_old_key(auditor):
    """Nothing is asked with the old key afterwards."""
    (own,) = auditor.get("keys").json()["items"]
    assert auditor.post(f"keys/{own['id']}/rotation", {"overlap_s": "0"}).status_code == 201
    answer = auditor.get("accounts")
    assert (answer.status_code, answer.json()["code"]) == (401, "API_KEY_EXPIRED")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"overlap_s": str(31 * 86_400)}, "OVERLAP_TOO_LONG"),
        ({"public_key": text_forms.encode(bytes(32))}, "KEY_KIND_DIFFERS"),
    ],
)
def test_wrong_rotations(auditor, body, code):
    """A key is not doubled for ever, and does not change its kind."""
    (own,) = auditor.get("keys").json()["items"]
    answer = auditor.post(f"keys/{own['id']}/rotation", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_revocation(administrator_1, auditor, manager):
    """At once, and only one's own."""
    (own,) = auditor.get("keys").json()["items"]
    answer = administrator_1.post(f"keys/{own['id']}/revocation", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_API_KEY")
    assert auditor.post(f"keys/{own['id']}/revocation", {}).status_code == 201
    assert auditor.get("accounts").json()["code"] == "API_KEY_REVOKED"
    answer = manager.post(f"keys/{own['id']}/rotation", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "API_KEY_ENDED")
