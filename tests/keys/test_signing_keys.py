"""Keys are made once for whoever needs one, rotate without a gap, and are revoked for good."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.utils import timezone

from registry.errors import Conflict, DomainError, KeyUnavailable
from registry.keys import node, signing
from registry.keys.algorithms import ALGORITHMS
from registry.keys.jwk import thumbprint
from registry.models import KeyRecord
from registry.services import signing_keys
from registry.services.signing_keys import Import

LEAD = signing_keys.LEAD


def codes(call, *arguments, **options):
    with pytest.raises(DomainError) as caught:
        call(*arguments, **options)
    return caught.value.codes


def of(world, purpose="log", registry=None, **given):
    """The arguments for a key of the node, or of a registry."""
    registry_id = registry and registry.pk
    return {"actor": world.system, "purpose": purpose, "registry_id": registry_id, **given}


def pem(private_key):
    return private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_ensuring_keys_makes_those_that_are_missing(world, keys_dir):
    """One for the log, one for receipts, one for each registry that is kept here."""
    made = signing_keys.ensure_keys(at=world.at)
    assert {(key.purpose, key.registry_id) for key in made} == {
        ("log", None),
        ("receipt", None),
        ("message", None),
        ("issuance", world.home.pk),
        ("issuance", world.offsets.pk),
        ("issuance", world.neighbour.pk),
    }
    assert {path.stem for path in keys_dir.iterdir()} == {key.key_id for key in made}
    assert signing_keys.ensure_keys(at=world.at) == []


def test_a_key_signs_for_its_owner(world, keys_dir):
    """The signature is one of the recorded public key, over the message and no other."""
    signing_keys.ensure_keys(at=world.at)
    key = signing.signing_key("issuance", registry_id=world.home.pk, at=world.at)
    signature = signing.sign(key, b"m")
    assert ALGORITHMS["Ed25519"].verify(bytes(key.public_key), signature, b"m")
    assert not ALGORITHMS["Ed25519"].verify(bytes(key.public_key), signature, b"n")
    assert key.key_id == thumbprint(key.algorithm, bytes(key.public_key))


def test_a_key_that_is_gone_is_not_replaced_by_itself(world, keys_dir):
    """What to do about a revoked key is for people to decide."""
    signing_keys.ensure_keys(at=world.at)
    key = signing.signing_key("log", at=world.at)
    signing_keys.revoke_key(actor=world.system, key_id=key.key_id, reason="lost", at=world.at)
    assert signing_keys.ensure_keys(at=world.at) == []
    assert codes(signing.signing_key, "log", at=world.at) == ["NO_KEY_IN_FORCE"]


def test_rotation_has_no_gap_and_no_overlap(world, keys_dir):
    """The old key until a moment, the new one from then on; both stay listed."""
    at = timezone.now()
    first = signing_keys.create_key(**of(world, at=at - timedelta(days=1)))
    second = signing_keys.rotate_key(**of(world, at=at))
    begins = at + LEAD
    moment = timedelta(microseconds=1)
    assert signing.signing_key("log", at=begins - moment) == first
    assert signing.signing_key("log", at=begins) == second
    assert KeyRecord.objects.get(pk=first.pk).valid_to == second.valid_from == begins
    assert codes(signing_keys.rotate_key, **of(world, at=at)) == ["KEY_ENDS_ALREADY"]


def test_rotation_can_bring_its_own_key(world, keys_dir):
    """One that was made where no network is."""
    at = timezone.now()
    signing_keys.create_key(**of(world, at=at))
    private_key = Ed25519PrivateKey.generate()
    second = signing_keys.rotate_key(**of(world, at=at, private_key=pem(private_key)))
    assert bytes(second.public_key) == private_key.public_key().public_bytes_raw()
    assert signing.sign(second, b"m") == private_key.sign(b"m")


def test_an_owner_has_one_key_at_a_time(world, keys_dir):
    """Another one is refused while it is in force, and made once it is revoked."""
    first = signing_keys.create_key(**of(world, at=world.at))
    later = world.at + timedelta(hours=1)
    assert codes(signing_keys.create_key, **of(world, at=later)) == ["KEY_IN_FORCE"]
    # A key that has begun already would have two of them in force from then on.
    before = world.at - timedelta(hours=1)
    assert codes(signing_keys.create_key, **of(world, at=before)) == ["KEY_IN_FORCE"]
    ends = {"valid_to": world.at - timedelta(minutes=1)}
    assert signing_keys.create_key(**of(world, at=before, **ends)).valid_to < first.valid_from
    signing_keys.revoke_key(actor=world.system, key_id=first.key_id, reason="lost", at=later)
    assert signing_keys.create_key(**of(world, at=later)) == signing.signing_key("log", at=later)


def test_a_key_that_was_revoked_from_its_first_moment_leaves_room(world, keys_dir):
    """It was in force at no moment."""
    first = signing_keys.create_key(**of(world, at=world.at))
    signing_keys.revoke_key(actor=world.system, key_id=first.key_id, reason="lost", at=world.at)
    assert signing_keys.create_key(**of(world, at=world.at - timedelta(days=1)))


def test_an_imported_key_keeps_its_validity(world, keys_dir):
    """The registry was kept elsewhere before."""
    private_key = Ed25519PrivateKey.generate()
    since, until = world.at - timedelta(days=400), world.at + timedelta(days=400)
    given = Import(pem(private_key), "issuance", world.home.pk, since, until)
    key = signing_keys.import_key(given, actor=world.system)
    assert (key.valid_from, key.valid_to) == (since, until)
    assert signing.sign(key, b"m") == private_key.sign(b"m")
    again = Import(given.private_key, "issuance", world.offsets.pk, since)
    assert codes(signing_keys.import_key, again, actor=world.system) == ["KEY_USED_ALREADY"]
    assert "private_key" not in repr(given)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"purpose": "issuance"}, "KEY_PURPOSE_MISMATCH"),
        ({"purpose": "log", "registry": "home"}, "KEY_PURPOSE_MISMATCH"),
        ({"purpose": "pleasure"}, "KEY_PURPOSE_MISMATCH"),
        ({"purpose": "issuance", "registry": "overseas"}, "UNKNOWN_REGISTRY"),
        ({"valid_to": timedelta(0)}, "KEY_VALIDITY_EMPTY"),
        ({"valid_to": timedelta(days=-1)}, "KEY_VALIDITY_EMPTY"),
        ({"actor": None}, "NO_ACTOR"),
        ({"actor": "administrator_1"}, "NOT_PERMITTED"),
    ],
    ids=str,
)
def test_keys_that_can_not_be_are_refused(world, keys_dir, changes, expected):
    """Nothing is recorded and no file is made."""
    given = {"purpose": "log", **changes}
    if "registry" in given:
        given["registry_id"] = getattr(world, given.pop("registry")).pk
    if "valid_to" in given:
        given["valid_to"] += world.at
    actor = given.pop("actor", "system")
    given["actor"] = actor and getattr(world, actor)
    assert codes(signing_keys.create_key, at=world.at, **given) == [expected]
    assert not KeyRecord.objects.exists()
    assert not keys_dir.exists()


def test_revocation_is_told_everything_at_once(world, keys_dir):
    """A reason, and a moment of the validity that has come."""
    key = signing_keys.create_key(**of(world, at=world.at))

    def refused(**given):
        return codes(
            signing_keys.revoke_key,
            **{"actor": world.system, "key_id": key.key_id, "at": world.at, **given},
        )

    early, late = world.at - timedelta(seconds=1), world.at + timedelta(seconds=1)
    assert refused(reason="", revoked_at=early) == ["REASON_MISSING", "REVOCATION_OUT_OF_TIME"]
    assert refused(reason="lost", revoked_at=late) == ["REVOCATION_OUT_OF_TIME"]
    assert refused(reason="x" * 301) == ["INVALID_TEXT"]
    assert refused(reason="lost", key_id="k" * 43) == ["UNKNOWN_KEY"]
    assert refused(reason="lost", actor=world.auditor) == ["NOT_PERMITTED"]
    signing_keys.revoke_key(actor=world.system, key_id=key.key_id, reason="lost", at=world.at)
    assert refused(reason="found again") == ["KEY_REVOKED_ALREADY"]
    assert KeyRecord.objects.get().revocation_reason == "lost"


def test_several_processes_make_each_key_once(fresh_database, world, keys_dir, together):
    """Whoever comes second finds what the first has made, and leaves no file of its own."""
    outcomes = together(*[lambda: signing_keys.ensure_keys(at=world.at)] * 4)
    made = [key for outcome in outcomes for key in outcome.value]
    assert len(made) == KeyRecord.objects.count() == len(list(keys_dir.iterdir())) == 6


class TestName:
    """The name of the node."""

    def test_the_first_key_fixes_it(self, world, keys_dir, monkeypatch):
        """Wherever the node is reached later, and whatever the settings say then."""
        monkeypatch.setitem(settings.CONCORD, "NODE_NAME", "registry.example")
        first = signing_keys.create_key(**of(world, at=world.at))
        monkeypatch.setitem(settings.CONCORD, "NODE_NAME", "other.example")
        second = signing_keys.create_key(**of(world, "receipt", at=world.at))
        assert first.node == second.node == node.node_name() == "registry.example"

    def test_it_falls_back_to_the_address(self, world, monkeypatch):
        """Without a setting it is where the node answers."""
        monkeypatch.setitem(settings.CONCORD, "NODE_NAME", "")
        monkeypatch.setitem(settings.CONCORD, "NODE_NAME_FALLBACK", "localhost:8001")
        assert node.node_name() == "localhost:8001"


def test_a_missing_private_key_is_told_before_anything_is_signed(world, keys_dir):
    """The record is there, the file is not."""
    key = signing_keys.create_key(**of(world, at=world.at))
    assert signing.usable_key("log", at=world.at) == key
    (keys_dir / f"{key.key_id}.pem").unlink()
    with pytest.raises(KeyUnavailable) as caught:
        signing.usable_key("log", at=world.at)
    assert caught.value.code == "KEY_FILE_MISSING"


def test_conflicts_are_conflicts(world, keys_dir):
    """As a class, which gives the status of an answer."""
    signing_keys.create_key(**of(world, at=world.at))
    with pytest.raises(Conflict):
        signing_keys.create_key(**of(world, at=world.at))
