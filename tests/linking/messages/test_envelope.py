"""What every message has is read strictly, and written in one way."""

import json
from dataclasses import replace

import pytest

from linking.messages import envelope
from linking.messages.kinds import Kind
from registry import canonical
from registry.keys import text_forms
from registry.keys.algorithms import ALGORITHMS
from tests.linking.messages import keys, samples

LARGE = 1_000_000


def refused(document):
    """(code, pointer) of everything that is wrong with a message."""
    with pytest.raises(envelope.Malformed) as caught:
        envelope.read(document)
    return sorted((finding.code, finding.where) for finding in caught.value.findings)


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_messages_come_back_as_they_were(kind):
    """A message of each kind is read from its own bytes, and makes the same bytes again."""
    message = samples.message(kind)
    data = envelope.encode(message)
    read = envelope.read(envelope.parse(data, at_most=LARGE))
    assert read == message
    assert envelope.encode(read) == data == canonical.encode(json.loads(data))
    assert envelope.digest(read) == envelope.digest(message)


def test_envelopes_carry_the_signature_of_the_message():
    """What travels is the message, its key's name, and a signature over its canonical bytes."""
    message = samples.message(Kind.TEST)
    signed = keys.signature("jp.example", envelope.as_document(message))
    travels = envelope.wrapped(
        message, key_id=keys.key_id("jp.example"), signature=text_forms.decode(signed)
    )
    found = envelope.unwrapped(json.loads(json.dumps(travels)))
    assert (found.message, found.key_id) == (message, keys.key_id("jp.example"))
    verify = ALGORITHMS["Ed25519"].verify
    public = keys.public_key("jp.example")
    assert verify(public, found.signature, envelope.encode(found.message))
    other = replace(found.message, receiver="cn.example")
    assert not verify(public, found.signature, envelope.encode(other))


def test_everything_wrong_with_an_envelope_is_told_at_once():
    """Findings of the message stand beside those of the envelope, with pointers into it."""
    message = samples.document(Kind.TEST, id="1", body={"text": 5})
    with pytest.raises(envelope.Malformed) as caught:
        envelope.unwrapped({"message": message, "signature": "=", "more": 1})
    assert sorted((f.code, f.where) for f in caught.value.findings) == [
        ("FIELD_MISSING", "/key_id"),
        ("NOT_A_UUID", "/message/id"),
        ("NOT_BASE64URL", "/signature"),
        ("UNKNOWN_FIELD", "/more"),
        ("WRONG_TYPE", "/message/body/text"),
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"id": "0190D6A4-7B8E-4C3F-9F55-0D8B1F5A2C11"}, ("NOT_A_UUID", "/id")),
        ({"kind": "gift"}, ("KIND_NOT_KNOWN", "/kind")),
        ({"kind": ["test"]}, ("KIND_NOT_KNOWN", "/kind")),
        ({"format": "concord-message-2"}, ("NOT_A_CHOICE", "/format")),
        ({"protocol": 2}, ("PROTOCOL_NOT_SPOKEN", "/protocol")),
        ({"protocol": 0}, ("PROTOCOL_NOT_SPOKEN", "/protocol")),
        ({"protocol": True}, ("WRONG_TYPE", "/protocol")),
        ({"protocol": "1"}, ("WRONG_TYPE", "/protocol")),
        ({"from": ""}, ("WRONG_TYPE", "/from")),
        ({"sent_at": "2026-03-02T09:00:00Z"}, ("NOT_A_MOMENT", "/sent_at")),
        ({"sent_at": 5}, ("NOT_A_MOMENT", "/sent_at")),
        ({"transfer": str(samples.TRANSFER)}, ("WRONG_TYPE", "/transfer")),
        ({"about": "the last one"}, ("NOT_A_UUID", "/about")),
        ({"article6": {}}, ("FIELD_MISSING", "/article6/ca_required")),
        ({"body": None}, ("WRONG_TYPE", "/body")),
        ({"a/b~": 1}, ("UNKNOWN_FIELD", "/a~1b~0")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named_with_its_place(changes, found):
    """Each member has one form, and no other member is taken."""
    assert found in refused(samples.document(Kind.TEST, **changes))


def test_messages_of_a_transfer_name_it():
    """A message of a kind that speaks of a transfer has its name."""
    assert refused(samples.document(Kind.STATUS, transfer=None)) == [("NOT_A_UUID", "/transfer")]


@pytest.mark.parametrize("value", [None, [], "text", 7, {}], ids=str)
def test_what_is_no_message_is_refused(value):
    """Whatever JSON there is, it is refused and nothing else is raised."""
    assert refused(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff{}",
        b'{"a":1,"a":2}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b'{"a":9007199254740993}',
        b'{"a":"\\ud800"}',
        b'{"\xc3\xa9":1}',
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":"' + b"x" * LARGE + b'"}',
    ],
    ids=lambda data: f"{data[:12]!r} {len(data)}",
)
def test_bytes_without_a_canonical_form_are_refused(data):
    """A body is one object whose canonical form every reader makes alike."""
    with pytest.raises(envelope.Malformed) as caught:
        envelope.parse(data, at_most=LARGE)
    assert caught.value.codes == ["NOT_CANONICAL_JSON"]
