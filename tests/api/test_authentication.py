"""Who may ask at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry import api_keys
from registry.models import ApiKey, Person, Transaction
from registry.services.api_keys import issue_key
from registry.services.people import add_person, revoke_keys
from tests.api.conftest import ApiClient
from tests.api.proposals import line, proposal
from tests.world import stock


def refused(client, **headers):
    answer = client.get("accounts", **headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Concord"'
    return answer.json()["code"]


def test_without_a_key_nothing_is_answered(world, anonymous):
    """No header, another scheme and an empty key are refusals."""
    assert refused(anonymous) == "NO_ACTOR"
    assert refused(anonymous, authorization="Basic YTpi") == "NO_ACTOR"
    assert refused(anonymous, authorization="Bearer ") == "API_KEY_UNKNOWN"


def test_wrong_keys_are_all_unknown(keys, anonymous):
    """A wrong secret behind a right prefix says no more than a wrong prefix."""
    right = keys["auditor"]
    other = api_keys.make().text
    for text in (
        right[:-1],
        right[:-1] + ("a" if right[-1] != "a" else "b"),
        right.upper(),
        other,
        right + " " + right,
        "\xff" * 60,
    ):
        assert refused(anonymous, authorization=f"Bearer {text}") == "API_KEY_UNKNOWN"


def test_scheme_is_read_without_regard_to_case(keys, anonymous):
    """`bearer` is the same scheme as `Bearer`."""
    answer = anonymous.get("health", authorization=f"bearer {keys['auditor']}")
    assert answer.status_code == 200


def test_revoked_key_is_refused(world, auditor):
    """Revocation holds from its instant on."""
    assert auditor.get("accounts").status_code == 200
    revoke_keys(actor=world.system, person_id=world.auditor.person_id, at=timezone.now())
    assert refused(auditor) == "API_KEY_REVOKED"


def test_expired_key_is_refused(world, auditor):
    """A key that expires later is good; one that expired is not."""
    keys_of_auditor = ApiKey.objects.filter(person_id=world.auditor.person_id)
    keys_of_auditor.update(expires_at=timezone.now() + timedelta(hours=1))
    assert auditor.get("accounts").status_code == 200
    keys_of_auditor.update(expires_at=timezone.now())
    assert refused(auditor) == "API_KEY_EXPIRED"


def test_key_of_an_inactive_person_is_refused(world, auditor):
    """Who may not act any more does not act by key."""
    Person.objects.filter(pk=world.auditor.person_id).update(is_active=False)
    assert refused(auditor) == "PERSON_INACTIVE"


def test_key_that_acted_is_recorded(world, administrator_1, numbers):
    """A transaction tells the person and which of the keys proposed it."""
    stock(world, operator_a=100)
    body = proposal("delivery", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    found = Transaction.objects.get(pk=answer.json()["id"])
    assert found.proposer_id == world.administrator_1.person_id
    assert found.api_key.label == "administrator_1"


def test_person_without_a_role_reads_reference_data_only(world, description):
    """Closed by default: a key alone opens no ledger."""
    person = add_person(actor=world.system, username="guest", display_name="Guest")
    key = issue_key(actor=world.system, person_id=person.pk, label="guest", at=world.at)
    guest = ApiClient(description, key.text)
    assert guest.get("unit-types").json()["items"]
    assert guest.get("accounts").json()["items"] == []
    assert guest.get("holdings").json()["items"] == []
    assert guest.get("transactions").json()["items"] == []


@pytest.mark.parametrize("path", ["schema", "docs"])
def test_the_description_needs_no_key(client, db, path):
    """Who writes a client reads the description first."""
    assert client.get(f"/api/v1/{path}").status_code == 200
