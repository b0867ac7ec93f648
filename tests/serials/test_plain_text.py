"""Typed and pasted text becomes ASCII, without a change of what it says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.serials.plain_text import plain


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ＫＲ－ＥＴＲＳ：ＫＡＵ：１０００－２０００：３１", "KR-ETRS:KAU:1000-2000:31"),
        ("KR‐ETRS：KAU：1000〜2000：31", "KR-ETRS:KAU:1000-2000:31"),
        ("KRーETRS:KAU:1000—2000:31", "KR-ETRS:KAU:1000-2000:31"),
        ("KAU\u3000１，０００～２，０００", "KAU 1,000-2,000"),
        ("A6。4ER 5", "A6.4ER 5"),
        ("\ufeffKAU\u00a01\u202f000\u200b ", "KAU 1 000"),
        ("KAU\t1\n", "KAU 1"),
        ("①②", "12"),
        ("KAU 1−2", "KAU 1-2"),
    ],
)
def test_characters_of_input_methods_are_understood(typed, meant):
    """Full-width forms, the dashes and spaces of every kind, and what nobody sees."""
    assert plain(typed) == meant


@pytest.mark.parametrize("text", ["КAU 1", "할당배출권 1", "排出枠 1", "½", "٣", "Ⅻ"])
def test_characters_without_an_equivalent_stay(text):
    """Letters of other scripts that look alike, and what means several characters, are kept."""
    assert plain(text) == text


@given(st.text())
def test_plain_text_is_plain(text):
    """Once is enough, ASCII letters and digits are never lost, and no case is changed."""
    once = plain(text)
    assert plain(once) == once
    kept = [each for each in text if each.isascii() and each.isalnum()]
    assert [each for each in once if each in kept] >= kept or set(kept) <= set(once)


def test_every_dash_of_unicode_is_a_hyphen():
    """Every punctuation that Unicode calls a dash and that fonts show as one short line."""
    others = {"\u1400", "\u2e17", "\u2e1a", "\u2e40", "\u2e5d", "\U00010ead", "\U00010d6e"}
    dashes = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Pd"}
    assert {each for each in dashes - others if plain(f"1{each}2") != "1-2"} == set()
