"""The forms in which keys and bytes are written: one for each, and no other is read."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.keys import jwk, text_forms, vkeys

KEY = bytes(range(32))


@given(st.binary(max_size=80))
def test_bytes_have_one_text(data):
    """What is written is read again."""
    assert text_forms.decode(text_forms.encode(data)) == data


@given(st.binary(min_size=1, max_size=40), st.data())
def test_another_character_is_other_bytes_or_none(data, draw):
    """No character can be changed without a difference."""
    text = text_forms.encode(data)
    place = draw.draw(st.integers(0, len(text) - 1))
    other = draw.draw(st.characters(codec="ascii"))
    changed = text[:place] + other + text[place + 1 :]
    try:
        assert (text_forms.decode(changed) == data) == (changed == text)
    except ValueError:
        assert changed != text


@pytest.mark.parametrize("text", ["AA==", "A", "+/8", "A A", "AB", "é", "AA\n"])
def test_other_spellings_are_refused(text):
    """Padding, the ordinary alphabet, white space, and bits beyond the last byte."""
    with pytest.raises(ValueError, match="base64url"):
        text_forms.decode(text)


def test_vkey_is_read_as_it_was_written():
    """Name, algorithm and key."""
    line = vkeys.vkey("registry.example/log", "Ed25519", KEY)
    assert vkeys.parse(line) == ("registry.example/log", "Ed25519", KEY)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.replace("registry", "register"),
        lambda line: line[:-1],
        lambda line: line.replace("+", " "),
        lambda line: line + "A",
        lambda line: line.rpartition("+")[0] + "+" + base64.b64encode(b"\x02" + KEY).decode(),
        lambda line: line.rpartition("+")[0] + "+" + base64.b64encode(b"\x01" + KEY[1:]).decode(),
        lambda line: "",
        lambda line: "a+b",
    ],
)
def test_other_vkeys_are_refused(spoil):
    """Another name, another key, another type, another form."""
    with pytest.raises(ValueError, match=r"."):
        vkeys.parse(spoil(vkeys.vkey("registry.example", "Ed25519", KEY)))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u3000b"])
def test_names_that_would_end_a_line_are_refused(name):
    """White space of any kind, and the plus sign."""
    with pytest.raises(ValueError, match="name of a key"):
        vkeys.vkey(name, "Ed25519", KEY)


def test_a_key_of_another_length_has_no_thumbprint():
    """A key that no algorithm has is named nothing."""
    with pytest.raises(ValueError, match="32 bytes"):
        jwk.thumbprint("Ed25519", KEY[1:])
