"""Each issuance is signed once, after it is committed, by the key of its registry."""

from datetime import timedelta

import pytest

from registry import canonical, posting, tasks
from registry.certificates import documents
from registry.errors import KeyUnavailable
from registry.keys import signing
from registry.keys.algorithms import ALGORITHMS
from registry.models import Issuance, IssuanceSignature, IssuanceSigner, KeyRecord
from registry.services.sign_issuances import sign_all, sign_issuances
from registry.services.signing_keys import create_key, ensure_keys, revoke_key
from tests.world import issue_units, stock


@pytest.fixture
def signing_world(world, keys_dir):
    ensure_keys(at=world.at)
    return world


def later(world, **given):
    return world.at + timedelta(**given)


def verifies(signature):
    """Whether it is one of its key over the document of its issuance."""
    issuance = Issuance.objects.select_related("unit_type__registry", "posting").get(
        pk=signature.issuance_id
    )
    signed = documents.issuance(issuance, key=signature.key, signed_at=signature.signed_at)
    verify = ALGORITHMS[signature.key.algorithm].verify
    return verify(
        bytes(signature.key.public_key), bytes(signature.signature), canonical.encode(signed)
    )


def test_what_was_issued_is_signed_once(signing_world):
    """By its own registry's key; a second pass finds nothing to do."""
    world = signing_world
    stock(world, operator_a=100)
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 10)])
    assert sign_issuances(at=world.at) == 2
    assert sign_issuances(at=world.at) == 0
    for signature in IssuanceSignature.objects.all():
        assert signature.key.registry == signature.issuance.unit_type.registry
        assert verifies(signature)


def test_batches_go_on_where_the_last_one_ended(fresh_database, signing_world):
    """However small the batches, all are signed, and the signer moves on behind them."""
    world = signing_world
    for _n in range(5):
        stock(world, operator_a=10)
    posting.sequence(100)
    posting.sequence(100)
    moments = iter(later(world, seconds=n) for n in range(10))
    while sign_issuances(at=next(moments), limit=2):
        pass
    assert IssuanceSignature.objects.count() == 5
    assert IssuanceSignature.objects.values("signed_at").distinct().count() == 3
    signer = IssuanceSigner.objects.get()
    assert signer.through > 0
    stock(world, operator_a=10)
    assert sign_all(lambda: world.at) == 1


def test_a_registry_without_its_key_does_not_hold_up_the_others(signing_world, keys_dir):
    """The others are signed; what is missing is told, and is signed once it is back."""
    world = signing_world
    stock(world, operator_a=100)
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 10)])
    key = signing.signing_key("issuance", registry_id=world.home.pk, at=world.at)
    file = keys_dir / f"{key.key_id}.pem"
    file.rename(keys_dir / "elsewhere")
    with pytest.raises(KeyUnavailable) as refusal:
        sign_issuances(at=world.at)
    assert refusal.value.codes == ["KEY_FILE_MISSING"]
    assert IssuanceSignature.objects.get().key.registry == world.offsets
    (keys_dir / "elsewhere").rename(file)
    assert sign_issuances(at=world.at) == 1


def test_what_a_lost_key_signed_is_signed_anew(signing_world):
    """Revoked from a past moment on: what came before stays; what came after is replaced."""
    world = signing_world
    stock(world, operator_a=100)
    sign_issuances(at=world.at)
    stock(world, operator_a=100)
    sign_issuances(at=later(world, hours=2))
    posting.sequence(100)
    posting.sequence(100)
    sign_issuances(at=later(world, hours=2))
    lost = signing.signing_key("issuance", registry_id=world.home.pk, at=world.at)
    revoke_key(
        actor=world.system,
        key_id=lost.key_id,
        reason="stolen",
        revoked_at=later(world, hours=1),
        at=later(world, hours=3),
    )
    with pytest.raises(KeyUnavailable) as refusal:
        sign_issuances(at=later(world, hours=3))
    assert refusal.value.codes == ["NO_KEY_IN_FORCE"]
    new = create_key(
        actor=world.system,
        purpose="issuance",
        registry_id=world.home.pk,
        at=later(world, hours=3),
    )
    assert sign_issuances(at=later(world, hours=4)) == 1
    assert sign_issuances(at=later(world, hours=4)) == 0
    first, void, newest = IssuanceSignature.objects.order_by("pk")
    assert (first.key, void.key, newest.key) == (lost, lost, new)
    assert (newest.replaces, newest.issuance) == (void, void.issuance)
    assert verifies(newest)
    assert KeyRecord.objects.get(pk=lost.pk).revocation_reason == "stolen"


def test_the_task_makes_missing_keys_and_signs(world, keys_dir, caplog):
    """A node signs from its first second, without anybody's doing."""
    stock(world, operator_a=100)
    tasks.sign_issuances()
    assert verifies(IssuanceSignature.objects.get())
    assert caplog.records == []


def test_the_task_tells_what_it_can_not_sign(world, keys_dir, caplog):
    """In the log, with the code; the other tasks of its queue go on."""
    tasks.sign_issuances()
    for path in keys_dir.iterdir():
        path.chmod(0o644)
    stock(world, operator_a=100)
    tasks.sign_issuances()
    (record,) = caplog.records
    assert "KEY_FILE_TOO_OPEN" in record.getMessage()
    assert not IssuanceSignature.objects.exists()
