"""`manage.py keys`: what it prints, and what it refuses."""

from datetime import timedelta
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.keys import signing
from registry.models import KeyRecord


def keys(*arguments):
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def made(world, keys_dir):
    """All keys that are missing, made by the command."""
    keys("create")
    return world


def test_all_missing_keys_are_made_and_listed(made):
    """Id, algorithm, purpose, owner and validity of each; a second call makes none."""
    said = keys("list")
    for key in KeyRecord.objects.all():
        owner = key.registry.code if key.registry else key.node
        assert f"{key.key_id}  Ed25519  {key.purpose}  {owner}" in said
    assert said.count("valid from ") == 6
    assert "can not be used here" not in said
    assert keys("create") == ""


def test_a_key_without_its_file_is_seen_in_the_list(made, keys_dir):
    """So that it is put back before it is needed."""
    key = signing.signing_key("receipt", at=timezone.now())
    (keys_dir / f"{key.key_id}.pem").unlink()
    assert keys("list").count("the private key can not be used here") == 1


def test_rotation_and_revocation_are_told(made):
    """The new key and its beginning; the revoked key, since when, and why."""
    old = signing.signing_key("issuance", registry_id=made.home.pk, at=timezone.now())
    said = keys("rotate", "--purpose", "issuance", "--registry", "KR-ETRS")
    new = KeyRecord.objects.order_by("-pk").first()
    assert new.key_id in said and "issuance  KR-ETRS" in said
    since = timezone.now().isoformat()
    said = keys("revoke", old.key_id, "--reason", "stolen", "--since", since)
    assert "stolen" in said and "until " in said and "revoked from " in said
    with pytest.raises(CommandError, match="KEY_REVOKED_ALREADY"):
        keys("revoke", old.key_id, "--reason", "stolen")


def pem_file(tmp_path):
    path = tmp_path / "made-elsewhere.pem"
    path.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    return path


def test_a_key_is_imported_with_its_validity(world, keys_dir, tmp_path):
    """Made where no network is."""
    path = str(pem_file(tmp_path))
    until = (timezone.now() + timedelta(days=30)).isoformat()
    said = keys("import", path, "--purpose", "log", "--valid-to", until)
    key = KeyRecord.objects.get()
    assert key.key_id in said and "until " in said
    assert (keys_dir / f"{key.key_id}.pem").exists()


def test_a_key_that_was_made_elsewhere_takes_over(made, tmp_path):
    """Rotation with a file."""
    keys("rotate", "--purpose", "log", "--file", str(pem_file(tmp_path)))
    assert KeyRecord.objects.filter(purpose="log").count() == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["create", "--purpose", "log"], "KEY_IN_FORCE"),
        (["create", "--purpose", "issuance"], "KEY_PURPOSE_MISMATCH"),
        (["create", "--purpose", "issuance", "--registry", "XX"], "UNKNOWN_REGISTRY"),
        (["revoke", "k" * 43, "--reason", "lost"], "UNKNOWN_KEY"),
        (["import", "/gone.pem", "--purpose", "log"], "can not be read"),
        (["import", "/dev/null", "--purpose", "log"], "KEY_IN_FORCE"),
        (["create", "--purpose", "pleasure"], "invalid choice"),
        (["revoke", "k", "--reason", "x", "--since", "yesterday"], "yesterday"),
        (["revoke", "k", "--reason", "x", "--since", "2026-03-02T09:00"], "invalid"),
        ([], "VERB"),
    ],
)
def test_what_can_not_be_done_is_told(made, arguments, code):
    """The code, the text and the hint; the status is not 0."""
    with pytest.raises(CommandError, match=code):
        keys(*arguments)
