"""Published examples of the standards that certificates and keys rest on."""

import json

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry import canonical
from registry.keys import jwk, text_forms
from registry.keys.algorithms import ALGORITHMS
from tests.tidy.rule import ROOT

THIRD_PARTY = ROOT / "third_party"
RFCS = json.loads((THIRD_PARTY / "ietf-rfcs" / "examples.json").read_text())
CANONICAL = json.loads((THIRD_PARTY / "json-canonicalization" / "vectors.json").read_text())
ED25519 = ALGORITHMS["Ed25519"]
# What documents of this project never hold: numbers with a point, and names beyond ASCII.
BEYOND = {"structures", "values", "french", "weird"}


def test_thumbprint_of_rfc_7638():
    """The example is of an RSA key; the form and the digest are those of all keys."""
    example = RFCS["rfc7638"]
    assert text_forms.encode(canonical.digest(example["required"])) == example["thumbprint"]


def test_key_and_thumbprint_of_rfc_8037():
    """Appendix A.2 and A.3: the public key, its members and its thumbprint."""
    example = RFCS["rfc8037"]
    algorithm, public_key = jwk.from_jwk(example["public"])
    assert (algorithm, jwk.public_jwk(algorithm, public_key)) == ("Ed25519", example["public"])
    assert jwk.thumbprint(algorithm, public_key) == example["thumbprint"]


def test_signature_of_rfc_8037():
    """Appendix A.4 and A.5: the signature is made and verified."""
    example = RFCS["rfc8037"]
    message, signature = example["signing_input"].encode(), text_forms.decode(example["signature"])
    private = Ed25519PrivateKey.from_private_bytes(text_forms.decode(example["private"]["d"]))
    assert private.sign(message) == signature
    _algorithm, public_key = jwk.from_jwk(example["public"])
    assert ED25519.verify(public_key, signature, message)
    assert not ED25519.verify(public_key, signature, message + b".")


def test_private_key_of_rfc_8037_is_not_published():
    """A list of keys that has a private one is refused."""
    with pytest.raises(ValueError, match="private"):
        jwk.from_jwk(RFCS["rfc8037"]["private"])


@pytest.mark.parametrize("example", RFCS["rfc8032"], ids=lambda example: example["public"][:8])
def test_signatures_of_rfc_8032(example):
    """Each holds, and none does for another message."""
    public_key, message, signature = (
        bytes.fromhex(example[name]) for name in ("public", "message", "signature")
    )
    assert ED25519.verify(public_key, signature, message)
    assert not ED25519.verify(public_key, signature, message + b"\0")


@pytest.mark.parametrize("name", CANONICAL)
def test_canonical_form_of_rfc_8785(name):
    """What documents may hold has the published form; the rest is refused and not guessed."""
    value, expected = json.loads(CANONICAL[name]["input"]), CANONICAL[name]["output"].encode()
    if name in BEYOND:
        with pytest.raises(ValueError, match="canonical"):
            canonical.encode(value)
    else:
        assert canonical.encode(value) == expected


@pytest.mark.parametrize("name", CANONICAL)
def test_independent_implementation_has_the_canonical_form(name):
    """The one that the audit uses, and with which the tests compare."""
    value = json.loads(CANONICAL[name]["input"])
    assert rfc8785.dumps(value) == CANONICAL[name]["output"].encode()
