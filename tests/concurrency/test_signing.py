"""Signers at the same moment, and a revocation between them."""

from datetime import timedelta

from django.utils import timezone

from registry.models import IssuanceSignature, KeyRecord
from registry.services import sign_issuances as signing
from registry.services.signing_keys import create_key, ensure_keys, revoke_key, rotate_key
from tests.world import stock


def _stocked(world, count):
    ensure_keys(at=timezone.now() - timedelta(days=1))
    for _n in range(count):
        stock(world, operator_a=10)


def _sign():
    return signing.sign_all(timezone.now)


def test_two_signers_sign_each_issuance_once(world, keys_dir, together):
    """The second waits for the first, and finds what is left."""
    _stocked(world, 30)
    outcomes = together(_sign, _sign, _sign)
    assert all(outcome.succeeded for outcome in outcomes), outcomes
    assert sum(outcome.value for outcome in outcomes) == 30
    assert IssuanceSignature.objects.count() == 30


def test_without_their_turn_two_signers_collide(world, keys_dir, together, monkeypatch):
    """The database refuses the second signature; it is the turn that makes it a wait."""
    _stocked(world, 30)
    monkeypatch.setattr(signing.turns, "take", lambda name: None)
    for _attempt in range(20):
        outcomes = together(_sign, _sign, _sign)
        if not all(outcome.succeeded for outcome in outcomes):
            break
        _more(world)
    errors = [str(outcome.error) for outcome in outcomes if not outcome.succeeded]
    assert any("issuance_is_signed_once" in error for error in errors), outcomes


def _more(world):
    for _n in range(30):
        stock(world, operator_a=1)


def test_rotation_leaves_nothing_signed_by_an_ended_key(world, keys_dir, together):
    """Whoever signs while the key is rotated signs validly; check_ledger would find the rest."""
    _stocked(world, 40)
    rotate = {"actor": world.system, "purpose": "issuance", "registry_id": world.home.pk}
    outcomes = together(_sign, lambda: rotate_key(**rotate, at=timezone.now()), _sign)
    assert all(outcome.succeeded for outcome in outcomes), outcomes
    assert IssuanceSignature.objects.count() == 40
    for signature in IssuanceSignature.objects.select_related("key"):
        ends = signature.key.valid_to
        assert ends is None or signature.signed_at < ends


def test_revocation_misses_no_signature(world, keys_dir, together):
    """Whatever was signed by then or is being signed is void, and is signed again."""
    _stocked(world, 40)
    since = timezone.now() - timedelta(hours=1)
    key = KeyRecord.objects.get(registry=world.home)

    lose = {"actor": world.system, "key_id": key.key_id, "reason": "lost", "revoked_at": since}
    _signed, revoked = together(_sign, lambda: revoke_key(**lose, at=timezone.now()))
    assert revoked.succeeded
    again = {"actor": world.system, "purpose": "issuance", "registry_id": world.home.pk}
    create_key(**again, at=timezone.now())
    _sign()
    standing = IssuanceSignature.objects.filter(key__revoked_at=None, replaced_by=None)
    assert standing.count() == 40
