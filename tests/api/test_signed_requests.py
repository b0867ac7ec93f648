"""Signed requests (RFC 9421): who sent exactly this, once, and just now."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.models import Transaction
from registry.services.api_keys import Rights, register_key
from tests.api.conftest import ApiClient
from tests.api.proposals import line, proposal
from tests.api.signing import Signer
from tests.world import stock

PATH = "/api/v1/transactions"


@pytest.fixture
def signer(world):
    """A signing key of administrator 1."""
    made = Signer.new()
    registered = register_key(
        actor=world.system,
        person_id=world.administrator_1.person_id,
        label="jurisdiction",
        public_key=made.public,
        at=world.at,
    )
    made.key_id = registered.api_key.prefix
    assert registered.text is None
    return made


@pytest.fixture
def body(world, numbers):
    stock(world, operator_a=1000)
    return proposal("delivery", line(numbers("operator_a"), numbers("operator_b"), "10"))


@pytest.fixture
def send(anonymous, signer, body):
    """Sends the proposal; what is signed, and what is sent, can be changed."""

    def sending(*, sent=None, key="a", created=None, change=None, **options):
        text = json.dumps(body)
        headers = signer.headers(
            "POST", PATH, text.encode(), key=key, created=created or timezone.now(), **options
        )
        headers.update(change or {})
        headers.pop("idempotency-key")
        return anonymous.post("transactions", text=sent or text, key=key, **headers)

    return sending


def refused(answer, code):
    assert (answer.status_code, answer.json()["code"]) == (401, code), answer.content
    assert Transaction.objects.filter(type__code="delivery").count() == 0
    return answer.json()["errors"][0]


def test_signed_request_is_carried_out(send, signer, world):
    """The key that signed is recorded with the transaction."""
    answer = send()
    assert answer.status_code == 201, answer.content
    found = Transaction.objects.get(pk=answer.json()["id"])
    assert found.proposer_id == world.administrator_1.person_id
    assert found.api_key.prefix == signer.key_id


def test_reads_are_signed_too(anonymous, signer):
    """A GET has no body and no idempotency key to cover."""
    headers = signer.headers("GET", "/api/v1/accounts?limit=1", created=timezone.now())
    assert anonymous.get("accounts?limit=1", **headers).status_code == 200
    headers = signer.headers("GET", "/api/v1/accounts?limit=1", created=timezone.now())
    answer = anonymous.get("accounts?limit=2", **headers)
    assert answer.json()["code"] == "SIGNATURE_INVALID"


def test_forged_signature(send, signer):
    """Another key under the same keyid proves nothing."""
    right, signer.private = signer.private, Signer.new().private
    refused(send(), "SIGNATURE_INVALID")
    signer.private = right
    refused(send(change={"signature": "sig1=:AAAA:"}), "SIGNATURE_INVALID")
    refused(send(change={"signature-input": "sig1"}), "SIGNATURE_INVALID")
    refused(send(keyid="nobody"), "API_KEY_UNKNOWN")
    assert send().status_code == 201


def test_replayed_signature(send):
    """The same signed request is taken once; signed anew it gets the first answer again."""
    sent = {"created": timezone.now(), "nonce": "once"}
    assert send(**sent).status_code == 201
    again = send(**sent)
    assert (again.status_code, again.json()["code"]) == (401, "SIGNATURE_REPLAYED")
    anew = send()
    assert (anew.status_code, anew["Idempotency-Replayed"]) == (201, "true")


def test_body_changed_after_signing(send, body):
    """A larger quantity than was signed is found by the digest."""
    changed = json.dumps(body).replace('"10"', '"1000"')
    refused(send(sent=changed), "BODY_CHANGED")


def test_idempotency_key_changed_after_signing(send, anonymous, signer, body):
    """Nobody sends a signed request a second time under another key."""
    text = json.dumps(body)
    headers = signer.headers("POST", PATH, text.encode(), key="a", created=timezone.now())
    headers.pop("idempotency-key")
    refused(anonymous.post("transactions", text=text, key="b", **headers), "SIGNATURE_INVALID")


@pytest.mark.parametrize("minutes", [-10, -6, 6, 10])
def test_clock_that_is_off(send, minutes):
    """Ten minutes are too many, whichever way."""
    error = refused(send(created=timezone.now() + timedelta(minutes=minutes)), "SIGNATURE_TIME")
    assert error["data"].keys() == {"now", "created"}


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clock_that_is_a_little_off(send, minutes):
    """Five minutes are tolerated."""
    assert send(created=timezone.now() + timedelta(minutes=minutes)).status_code == 201


def test_signature_that_has_expired(send):
    """Who signs may say until when."""
    now = timezone.now()
    refused(send(expires=int(now.timestamp()) - 1), "SIGNATURE_TIME")


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"leave_out": ["@method"]}, "@method"),
        ({"leave_out": ["@target-uri"]}, "@target-uri"),
        ({"leave_out": ["content-digest"]}, "content-digest"),
        ({"leave_out": ["idempotency-key"]}, "idempotency-key"),
        ({"nonce": None}, "nonce"),
    ],
)
def test_what_must_be_signed(send, options, missing):
    """Each part that is not covered is named."""
    error = refused(send(**options), "SIGNATURE_INCOMPLETE")
    assert error["data"] == {"missing": [missing]}


def test_keys_of_signers_end_like_others(world, description, anonymous):
    """Scopes, networks and expiry hold for signing keys as well."""
    made = Signer.new()
    registered = register_key(
        actor=world.system,
        person_id=world.auditor.person_id,
        label="reads from one network",
        public_key=made.public,
        at=world.at,
        rights=Rights(scopes=("propose",), networks=("127.0.0.0/8",)),
    )
    made.key_id = registered.api_key.prefix
    client = ApiClient(description)
    headers = made.headers("GET", "/api/v1/accounts", created=timezone.now())
    answer = client.get("accounts", **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_MISSING")
