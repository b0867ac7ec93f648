"""Leaves and receipts: their bytes, and what is refused of a receipt."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry import canonical
from registry.certificates import verification
from registry.certificates.key_list import PublicKey
from registry.keys.jwk import thumbprint
from registry.log import leaf, receipt
from registry.log.hashing import leaf_hash
from registry.log.refused import Refused

AT = datetime(2026, 11, 22, 17, 7, 28, 931827, tzinfo=UTC)
SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
PUBLIC = KEY.public_key().public_bytes_raw()
KEY_ID = thumbprint("Ed25519", PUBLIC)


KEYS = {
    KEY_ID: PublicKey(
        key_id=KEY_ID,
        algorithm="Ed25519",
        public_key=PUBLIC,
        node="registry.example",
        registry=None,
        purpose="receipt",
        valid_from=AT,
    )
}


@pytest.fixture
def sound():
    document = receipt.unsigned(
        node="registry.example",
        posting=(115, 118),
        leaf_hash=bytes(range(32)),
        recorded_at=AT,
        signed_at=AT + timedelta(seconds=5),
        key=(KEY_ID, "Ed25519"),
    )
    return receipt.signed(document, KEY.sign(receipt.signed_bytes(document)))


def refusal(document):
    with pytest.raises(Refused) as refused:
        receipt.read(document)
    return refused.value


def holds(data):
    return verification.verify(data, KEYS).holds


def test_a_leaf_is_a_small_canonical_document():
    """The digest of what is logged and what tells it from others, in the one order."""
    digest = hashlib.sha256(b"document").digest()
    east = AT.astimezone(timezone(timedelta(hours=9)))
    entry = leaf.entry(kind=leaf.POSTING, subject="115", recorded_at=east, sha256=digest)
    expected = {
        "format": "concord-leaf-1",
        "kind": "posting",
        "recorded_at": "2026-11-22T17:07:28.931827+00:00",
        "sha256": digest.hex(),
        "subject": "115",
    }
    assert entry == rfc8785.dumps(expected)
    assert len(entry) < 300
    assert leaf_hash(entry) == hashlib.sha256(b"\x00" + entry).digest()


def test_a_receipt_says_what_is_promised(sound):
    """By sixty seconds after the posting a checkpoint covers its leaf."""
    assert tuple(sound) == receipt.MEMBERS
    said = receipt.read(sound)
    assert (said.node, said.posting, said.transaction) == ("registry.example", 115, 118)
    assert said.leaf_hash == bytes(range(32))
    assert said.log_by == AT + timedelta(seconds=60)
    assert said.signed_at == AT + timedelta(seconds=5)


def test_the_signature_covers_every_other_member(sound):
    """The signed bytes are RFC 8785 of the document without its signature."""
    unsigned = {name: value for name, value in sound.items() if name != "signature"}
    assert receipt.signed_bytes(sound) == rfc8785.dumps(unsigned)


def test_every_flipped_bit_of_a_receipt_is_refused(sound):
    """Wherever it is, the receipt proves nothing any more."""
    data = canonical.encode(sound)
    assert holds(data)
    for place in range(len(data) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        assert not holds(bytes(changed)), place


@pytest.mark.parametrize("member", receipt.MEMBERS)
def test_a_member_in_another_form_is_named(sound, member):
    """Or one that is missing, or of another kind."""
    for document in (
        {name: value for name, value in sound.items() if name != member},
        {**sound, member: 7},
        {**sound, member: ""},
    ):
        assert refusal(document).code == "RECEIPT_MALFORMED"
        assert refusal(document).data["member"] == member


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("format", "concord-receipt-2"),
        ("posting", "0115"),
        ("transaction", "-1"),
        ("leaf_hash", "AB" * 32),
        ("leaf_hash", "ab" * 31),
        ("recorded_at", "2026-11-22T17:07:28.931827"),
        ("recorded_at", "2026-11-22T17:07:28.931827Z"),
        ("recorded_at", "yesterday"),
        ("log_by", "2026-11-22T17:08:29.931827+00:00"),
        ("key_id", "short"),
        ("signature", "AAAA="),
    ],
)
def test_other_forms_are_refused(sound, member, value):
    """There is one way to write each member."""
    assert refusal({**sound, member: value}).data == {"member": member}


def test_what_is_no_object_is_refused(sound):
    """Nor are members that nobody has described."""
    assert refusal([sound]).code == "RECEIPT_MALFORMED"
    assert refusal({**sound, "note": "x"}).data == {"member": "note"}
