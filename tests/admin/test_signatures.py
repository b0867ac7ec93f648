"""Signing keys and signatures in the administrators' pages: read, and never written."""

import pytest
from django.urls import reverse

from registry.keys import signing, text_forms
from registry.models import IssuanceSignature, KeyRecord
from registry.services.sign_issuances import sign_issuances
from registry.services.signing_keys import ensure_keys, revoke_key
from tests.world import issue_units, stock


@pytest.fixture
def signed(world, keys_dir):
    ensure_keys(at=world.at)
    stock(world, operator_a=1000)
    issue_units(world, world.cea, [(world.at_neighbour.operator, 70)])
    sign_issuances(at=world.at)
    return world


def listed(pages, model, **query):
    return pages.get(reverse(f"admin:registry_{model}_changelist"), query)


def test_keys_are_listed_with_their_owners(signed, signed_in):
    """Everybody with a role sees all public keys; a search finds one by its id."""
    pages = signed_in("auditor")
    page = listed(pages, "keyrecord").content.decode()
    key = signing.signing_key("issuance", registry_id=signed.home.pk, at=signed.at)
    log = signing.signing_key("log", at=signed.at)
    assert key.key_id in page and "KR-ETRS" in page and log.node in page
    found = listed(pages, "keyrecord", q=key.key_id).context["cl"].result_list
    assert list(found) == [key]


def test_a_key_shows_its_public_half_and_nothing_else(signed, signed_in):
    """As it is published; there is no private half to show."""
    key = signing.signing_key("log", at=signed.at)
    path = reverse("admin:registry_keyrecord_change", args=[key.pk])
    page = signed_in("auditor").get(path).content.decode()
    assert text_forms.encode(bytes(key.public_key)) in page
    assert "PRIVATE" not in page


def test_signatures_are_those_of_own_registries(signed, signed_in, elsewhere):
    """With serials, key, and whether they stand."""
    page = listed(signed_in("auditor"), "issuancesignature").content.decode()
    assert "KAU 1 – 1,000" in page and "CEA 1 – 70" in page and "stands" in page
    page = listed(elsewhere, "issuancesignature").content.decode()
    assert "KAU" not in page and "CEA 1 – 70" in page


def test_a_void_signature_says_so(signed, signed_in):
    """In the list and on its page."""
    key = signing.signing_key("issuance", registry_id=signed.home.pk, at=signed.at)
    revoke_key(actor=signed.system, key_id=key.key_id, reason="lost", at=signed.at)
    pages = signed_in("auditor")
    assert "void: its key was revoked" in listed(pages, "issuancesignature").content.decode()
    signature = IssuanceSignature.objects.get(key=key)
    path = reverse("admin:registry_issuancesignature_change", args=[signature.pk])
    page = pages.get(path).content.decode()
    assert text_forms.encode(bytes(signature.signature)) in page
    assert "void: its key was revoked" in page


def test_nobody_writes_them(signed, signed_in, system_administrator):
    """Not by pages: keys are made by a command, and signatures by the signer."""
    for pages in (signed_in("administrator_1"), system_administrator):
        for model in (KeyRecord, IssuanceSignature):
            name, row = model._meta.model_name, model.objects.first()
            for act, *rest in (("add",), ("delete", row.pk)):
                path = reverse(f"admin:registry_{name}_{act}", args=rest)
                assert pages.post(path, {"post": "yes"}).status_code in (302, 403)
    assert (KeyRecord.objects.count(), IssuanceSignature.objects.count()) == (6, 2)


def test_what_is_unsigned_is_in_the_work_queue(signed, signed_in):
    """A panel tells how many issuances wait, and is calm when none does."""
    pages = signed_in("auditor")
    assert "All issuances are signed." in pages.get("/admin/").content.decode()
    stock(signed, operator_a=10)
    assert "1 without a signature" in pages.get("/admin/").content.decode()
