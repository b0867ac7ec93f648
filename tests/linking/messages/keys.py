"""Keys for tests only: their private halves are published in RFC 8032, section 7.1."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry import canonical
from registry.keys import jwk, text_forms

SECRETS = {
    # TEST 1, TEST 2, TEST 3 and TEST SHA(abc).
    "jp.example": "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "kr.example": "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "JP-GX": "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "KR-ETRS": "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
}


def private_key(owner) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRETS[owner]))


def public_key(owner) -> bytes:
    return private_key(owner).public_key().public_bytes_raw()


def key_id(owner) -> str:
    return jwk.thumbprint("Ed25519", public_key(owner))


def signature(owner, document) -> str:
    """Over the canonical bytes of a document."""
    return text_forms.encode(private_key(owner).sign(canonical.encode(document)))
