"""Certificates by REST, and the node's public keys: bytes that are verified elsewhere."""

import json

import pytest
from django.test import Client

from registry.certificates import key_list, verification
from registry.keys import signing, vkeys
from registry.models import Role, RoleAssignment
from registry.posting import sequence
from registry.services.api_keys import issue_key
from registry.services.people import add_person
from registry.services.sign_issuances import sign_issuances
from registry.services.signing_keys import ensure_keys, revoke_key
from tests.api.conftest import ApiClient
from tests.world import stock

ADDRESS = "blocks/certificate"
JWKS = "/.well-known/jwks.json"


@pytest.fixture
def signed(world, keys_dir):
    """KAU 1-100 and 101-200 are issued and signed, 201-300 are issued."""
    ensure_keys(at=world.at)
    stock(world, operator_a=100)
    stock(world, operator_a=100)
    sign_issuances(at=world.at)
    stock(world, operator_a=100)
    return world


@pytest.fixture
def asked(auditor):
    """asked(first, last) is the answer about a block of KAU."""
    return lambda first, last: auditor.get(
        ADDRESS, {"unit_type": "KAU", "first": str(first), "last": str(last)}
    )


def judged(answer):
    keys = key_list.parse(Client().get(JWKS).content)
    return verification.verify(answer.content, keys)


def test_certificate_is_verified_with_the_published_keys(signed, asked):
    """The bytes of the answer and those of the list are all that is needed."""
    answer = asked(10, 20)
    verdict = judged(answer)
    assert verdict.holds, verdict.findings
    assert verdict.says["unit_type"] == "KAU"
    assert (verdict.says["first"], verdict.says["last"]) == ("10", "20")
    assert answer.json()["issuance"]["last"] == "100"


def test_one_serial_is_a_block(signed, auditor):
    """A block of one serial has a certificate as others have."""
    verdict = judged(auditor.get(ADDRESS, {"unit_type": "KAU", "serial": "101"}))
    assert verdict.holds
    assert (verdict.says["first"], verdict.says["last"]) == ("101", "101")


@pytest.mark.parametrize(
    ("block", "status", "code"),
    [
        ((90, 110), 422, "SEVERAL_ISSUANCES"),
        ((201, 201), 503, "ISSUANCE_NOT_SIGNED"),
        ((290, 310), 404, "SERIALS_NOT_ISSUED"),
        ((5000, 5000), 404, "SERIALS_NOT_ISSUED"),
        ((2, 1), 400, "BLOCK_BACKWARDS"),
    ],
)
def test_what_has_no_certificate_is_told(signed, asked, block, status, code):
    """Each reason has its code."""
    answer = asked(*block)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_several_issuances_are_told_apart(signed, asked):
    """The refusal says where the first of them ends."""
    (error,) = asked(90, 110).json()["errors"]
    assert error["data"] == {"first": "90", "last": "100"}


def test_answer_is_not_sent_again(signed, auditor, asked):
    """Whoever has the bytes is told so."""
    first = asked(1, 10)
    again = auditor.client.get(
        f"/api/v1/{ADDRESS}",
        {"unit_type": "KAU", "first": "1", "last": "10"},
        headers={"authorization": f"Bearer {auditor.key}", "if-none-match": first["ETag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in first["Cache-Control"]


def test_certificates_are_for_those_who_may_read_the_ledger(signed, description, anonymous):
    """Neither of the issuing registry nor where units are held: they do not exist for you."""
    person = add_person(actor=signed.system, username="elsewhere", display_name="elsewhere")
    RoleAssignment.objects.create(person=person, role=Role.ADMINISTRATOR, registry=signed.neighbour)
    key = issue_key(actor=signed.system, person_id=person.pk, label="k", at=signed.at)
    answer = ApiClient(description, key.text).get(ADDRESS, {"unit_type": "KAU", "serial": "1"})
    assert (answer.status_code, answer.json()["code"]) == (404, "SERIALS_NOT_ISSUED")
    assert anonymous.get(ADDRESS, {"unit_type": "KAU", "serial": "1"}).status_code == 401


def test_signature_of_a_lost_key_holds_no_more(signed, asked):
    """Revoked from before it signed: the certificate is refused, with the date."""
    before = asked(1, 10)
    key = signing.signing_key("issuance", registry_id=signed.home.pk, at=signed.at)
    revoke_key(actor=signed.system, key_id=key.key_id, reason="lost", at=signed.at)
    (finding,) = judged(before).findings
    assert finding.code == "SIGNER_REVOKED"
    assert finding.data["revoked_at"].startswith("2026-03-02T09:00:00")
    after = asked(1, 10)
    assert (after.status_code, after.json()["code"]) == (503, "ISSUANCE_NOT_SIGNED")


def test_key_list_is_for_everybody(signed):
    """All keys with owner, purpose and validity; nobody has to sign in, and it may be kept."""
    answer = Client().get(JWKS, headers={"accept": "text/html"})
    assert answer["Content-Type"] == "application/jwk-set+json"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert Client().get(JWKS, headers={"if-none-match": answer["ETag"]}).status_code == 304
    listed = json.loads(answer.content)["keys"]
    assert {(key["concord"]["purpose"], key["concord"]["registry"]) for key in listed} == {
        ("log", None),
        ("receipt", None),
        ("message", None),
        ("issuance", "KR-ETRS"),
        ("issuance", "KR-ORS"),
        ("issuance", "CN-ETR"),
    }
    assert {(key["kty"], key["crv"], key["use"], key["alg"]) for key in listed} == {
        ("OKP", "Ed25519", "sig", "EdDSA")
    }
    assert all("d" not in key for key in listed)


def test_log_keys_are_verification_keys(signed):
    """A line for each key of the log, which programs for signed notes read."""
    answer = Client().get("/.well-known/log-keys.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    (line,) = answer.content.decode().splitlines()
    key = signing.signing_key("log", at=signed.at)
    assert vkeys.parse(line) == (key.node, "Ed25519", bytes(key.public_key))


def test_keys_are_not_written(signed):
    """There is nothing to send."""
    answer = Client().post(JWKS)
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


class TestHoldingProof:
    """Holding proofs by REST."""

    def test_it_is_verified_with_the_published_keys(self, signed, auditor, numbers):
        """Who held the block, at the head or at a position."""
        sequence(10)
        asked = {"unit_type": "KAU", "first": "10", "last": "20"}
        for more in ({}, {"as_of_position": "1"}):
            verdict = judged(auditor.get("blocks/holding-proof", {**asked, **more}))
            assert verdict.holds, verdict.findings
            assert verdict.says["account"] == numbers("operator_a")

    def test_what_can_not_be_proved_is_told(self, signed, auditor):
        """Each reason has its code and its status."""
        sequence(10)
        for asked, status, code in (
            ({"serial": "5000"}, 404, "BLOCK_NOT_HELD"),
            ({"first": "90", "last": "110"}, 422, "BLOCK_HELD_IN_PARTS"),
            ({"serial": "1", "as_of_position": "99"}, 400, "POSITION_IN_THE_FUTURE"),
            ({"serial": "1", "registry": "XX"}, 404, "UNKNOWN_REGISTRY"),
        ):
            answer = auditor.get("blocks/holding-proof", {"unit_type": "KAU", **asked})
            assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_it_is_for_those_who_may_read_the_ledger(self, signed, description, anonymous):
        """The account's number is in it."""
        sequence(10)
        person = add_person(actor=signed.system, username="elsewhere", display_name="elsewhere")
        RoleAssignment.objects.create(
            person=person, role=Role.ADMINISTRATOR, registry=signed.neighbour
        )
        key = issue_key(actor=signed.system, person_id=person.pk, label="k", at=signed.at)
        asked = {"unit_type": "KAU", "serial": "1"}
        answer = ApiClient(description, key.text).get("blocks/holding-proof", asked)
        assert (answer.status_code, answer.json()["code"]) == (404, "LEDGER_NOT_READABLE")
        assert anonymous.get("blocks/holding-proof", asked).status_code == 401
