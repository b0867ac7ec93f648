"""The published list of keys: what is read from it, and what is refused."""

import json

import pytest

from registry.certificates import key_list
from registry.keys.jwk import thumbprint
from tests.certificates.papers import AT, Signer, of_the_node, published


def test_list_is_read_as_it_was_written():
    """Owner, purpose and all dates come back."""
    signer = Signer(valid_to=AT, revoked_at=AT)
    (key,) = key_list.parse(published(signer)).values()
    assert key == key_list.PublicKey(
        key_id=signer.key_id,
        algorithm="Ed25519",
        public_key=signer.public_key,
        node="registry.example",
        registry="KR-ETRS",
        purpose="issuance",
        valid_from=signer.valid_from,
        valid_to=AT,
        revoked_at=AT,
    )
    (reason,) = [
        key["concord"]["revocation_reason"] for key in json.loads(published(signer))["keys"]
    ]
    assert reason == "lost"


def told(**changes):
    """A list of one key, with other members."""
    document = json.loads(published(of_the_node()))
    document["keys"][0].update(changes)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"keys":{}}',
        b'{"keys":[1]}',
        b"[" * 100_000,
        told(kty="RSA"),
        told(crv="X25519"),
        told(x="AAAA"),
        told(x=None),
        told(x="=" * 43),
        told(d="private"),
        told(kid="other"),
        told(concord=None),
        told(concord={}),
        told(
            concord={
                "node": 1,
                "registry": None,
                "purpose": "log",
                "valid_from": "2026-03-02T09:00:00.000000+00:00",
                "valid_to": None,
                "revoked_at": None,
            }
        ),
        told(
            concord={
                "node": "n",
                "registry": None,
                "purpose": "log",
                "valid_from": "yesterday",
                "valid_to": None,
                "revoked_at": None,
            }
        ),
    ],
    ids=range(16),
)
def test_what_is_no_list_of_keys_is_refused(data):
    """A private key, an unknown kind of key, another key under an id, a member that is missing."""
    with pytest.raises(key_list.KeysMalformed):
        key_list.parse(data)


def test_same_key_told_twice_must_be_told_alike():
    """Two validities of one key would let the reader choose."""
    signer = Signer()
    other = Signer(private_key=signer.private_key, revoked_at=AT)
    assert len(key_list.parse(published(signer, signer))) == 1
    with pytest.raises(key_list.KeysMalformed, match="listed twice"):
        key_list.parse(published(signer, other))


def test_every_bit_of_a_key_is_bound_to_its_id():
    """The id is the thumbprint: no other key passes under it."""
    signer = Signer()
    for place in range(32):
        spoilt = bytearray(signer.public_key)
        spoilt[place] ^= 1
        assert thumbprint("Ed25519", bytes(spoilt)) != signer.key_id
