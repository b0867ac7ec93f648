"""Signed notes and checkpoints: the published ones, and what is refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.keys import vkeys
from registry.log import checkpoint, note
from registry.log.refused import Refused
from tests.log import trees

NOTES = trees.published("golang-sumdb-note/notes.json")
TEXT, PETER, ENOCH = NOTES["text"], NOTES["peter"], NOTES["enoch"]
C2SP = trees.published("c2sp/examples.json")
SUMDB = trees.published("transparency-dev-formats/checkpoint.json")


def code_of(call, *arguments, **named):
    with pytest.raises(Refused) as refused:
        call(*arguments, **named)
    return refused.value.code


def peter():
    return note.verifier(PETER["vkey"])


def enoch():
    return note.verifier(ENOCH["vkey"])


def written(*lines, text=TEXT):
    return (text + "\n" + "".join(lines)).encode()


def names(signatures):
    return [signature.name for signature in signatures]


def test_verification_keys_are_read_as_they_are_written():
    """The published keys, both ways."""
    for text in (PETER["vkey"], ENOCH["vkey"], SUMDB["vkey"]):
        read = note.verifier(text)
        assert vkeys.vkey(read.name, read.algorithm, read.public) == text


def test_no_other_text_is_a_verification_key():
    """Neither a part of it, nor the text with one character changed, nor an unknown algorithm."""
    text = PETER["vkey"]
    bad = {text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)} - {text}
    bad |= {text[:i] + chr(ord(text[i]) + 1) + text[i + 1 :] for i in range(len(text))}
    bad |= set(NOTES["bad_vkeys"])
    for wrong in bad:
        assert code_of(note.verifier, wrong) == "VERIFICATION_KEY_MALFORMED", wrong


def test_published_signature_is_made():
    """The published private key gives the published note."""
    seed = base64.b64decode(PETER["skey"].split("+", 4)[4])
    key = Ed25519PrivateKey.from_private_bytes(seed[1:])
    assert key.public_key().public_bytes_raw() == peter().public
    made = note.sign(TEXT, peter(), key.sign)
    assert made.encode() == written(PETER["line"])


def test_signatures_of_known_keys_are_verified():
    """Those of others are kept and not judged."""
    both = written(PETER["line"], ENOCH["line"])
    opened = note.opened(both, [peter()])
    assert opened.text == TEXT
    assert names(opened.signatures) == ["PeterNeumann", "EnochRoot"]
    assert names(opened.verified) == ["PeterNeumann"]
    assert names(note.opened(both, [peter(), enoch()]).verified) == ["PeterNeumann", "EnochRoot"]


def test_note_that_no_known_key_has_signed_is_refused():
    """It proves nothing, whoever else has signed."""
    assert code_of(note.opened, written(ENOCH["line"]), [peter()]) == "NOTE_SIGNED_BY_NO_KNOWN_KEY"
    assert code_of(note.opened, written(ENOCH["line"]), []) == "NOTE_SIGNED_BY_NO_KNOWN_KEY"


def test_wrong_signature_of_a_known_key_spoils_the_note():
    """Also when another known key has signed rightly."""
    other = enoch()
    wrong = note.Signature("PeterNeumann", peter().key_id, bytes(64)).line()
    bytes_ = written(wrong, ENOCH["line"])
    assert code_of(note.opened, bytes_, [peter(), other]) == "NOTE_SIGNATURE_WRONG"
    assert names(note.opened(bytes_, [other]).verified) == ["EnochRoot"]


def test_every_flipped_bit_of_a_note_is_refused():
    """Of the text, of the name, of the key id and of the signature."""
    sound = written(PETER["line"])
    for place in range(len(sound) * 8):
        changed = bytearray(sound)
        changed[place // 8] ^= 1 << place % 8
        code_of(note.opened, bytes(changed), [peter()])


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        written(),
        written(PETER["line"].removesuffix("\n")),
        b"\x01" + written(PETER["line"]),
        b"\xff" + written(PETER["line"]),
        written(NOTES["bad_line"]),
        written(PETER["line"], "Unexpected line.\n"),
        written(PETER["line"], "\n"),
        written(PETER["line"] * (note.MOST_SIGNATURES + 1)),
        written(PETER["line"].replace("x08g", "x08g ")),
        written("— PeterNeumann x08g\n"),
        written(PETER["line"], text="a" * note.MOST_BYTES + "\n"),
    ],
)
def test_what_is_no_note(data):
    """The published malformed notes, and others."""
    assert code_of(note.opened, data, [peter()]) == "NOTE_MALFORMED"


def test_note_of_the_specification_is_read():
    """The last empty line parts text and signatures; those before are text."""
    read = note.parse(C2SP["note"].encode())
    assert read.text == C2SP["note_text"]
    assert names(read.signatures) == [C2SP["note_name"]]
    assert read.text + "\n" + "".join(s.line() for s in read.signatures) == C2SP["note"]


def test_checkpoint_of_the_specification_is_read():
    """Origin, size and root, and written again the same text."""
    text = note.parse(C2SP["checkpoint"].encode()).text
    read = checkpoint.parse(text)
    assert (read.origin, read.size) == (C2SP["checkpoint_origin"], C2SP["checkpoint_size"])
    assert read.text == text


def test_checkpoint_of_a_public_log_is_verified():
    """A checkpoint that another implementation has signed."""
    key = note.verifier(SUMDB["vkey"])
    opened = checkpoint.opened(SUMDB["note"].encode(), origin=SUMDB["origin"], verifiers=[key])
    assert opened.size == SUMDB["size"]
    given = {"origin": "another log", "verifiers": [key]}
    assert (
        code_of(checkpoint.opened, SUMDB["note"].encode(), **given) == "CHECKPOINT_OF_ANOTHER_LOG"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n1\n",
        "log\n01\n{root}\n",
        "log\n-1\n{root}\n",
        "log\n1.0\n{root}\n",
        "log\n١\n{root}\n",
        "log\n1\n{root}",
        "log\n1\n{root}\n\nmore\n",
        "\n1\n{root}\n",
        "log\n1\nAAAA\n",
        "log\n1\n{root}=\n",
        "log\n1\n {root}\n",
        "log\n99999999999999999999\n{root}\n",
    ],
)
def test_what_is_no_checkpoint(text):
    """There is one way to write a checkpoint."""
    root = base64.b64encode(bytes(32)).decode()
    assert code_of(checkpoint.parse, text.format(root=root)) == "CHECKPOINT_MALFORMED"


def test_extension_lines_are_kept():
    """A checkpoint of another log may have them, and its signature covers them."""
    text = f"log\n1\n{base64.b64encode(bytes(32)).decode()}\nmore\n"
    assert checkpoint.parse(text).extensions == ("more",)
    assert checkpoint.parse(text).text == text
