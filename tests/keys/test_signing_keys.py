"""Keys are made once for whoever needs one, rotate without a gap, and are revoked for good."""

from registry.keys import signing
from registry.keys.algorithms import ALGORITHMS
from registry.services import signing_keys


def test_ensuring_keys_makes_those_that_are_missing(world, keys_dir):
    made = signing_keys.ensure_keys(at=world.at)
    assert {(key.purpose, key.registry_id) for key in made} == {
        ("log", None),
        ("receipt", None),
        ("issuance", world.home.pk),
        ("issuance", world.offsets.pk),
        ("issuance", world.neighbour.pk),
    }
    key = signing.signing_key("log", at=world.at)
    signature = signing.sign(key, b"m")
    assert ALGORITHMS["Ed25519"].verify(bytes(key.public_key), signature, b"m")
    assert not ALGORITHMS["Ed25519"].verify(bytes(key.public_key), signature, b"n")
    assert signing_keys.ensure_keys(at=world.at) == []
