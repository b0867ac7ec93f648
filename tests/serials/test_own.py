"""Concord's own form: what is printed is read again, and what is wrong is named."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.serials.findings import Broken
from registry.serials.own import Block, codes, look_alikes, parse, printed, spoken
from registry.serials.runs import MAX_SERIAL

SIGNS = string.ascii_letters + string.digits
CODES = st.builds(str.__add__, st.sampled_from(SIGNS), st.text(SIGNS + ".-", max_size=15))
SERIALS = st.integers(1, MAX_SERIAL)
BLOCKS = st.builds(
    lambda registry, unit_type, ends: Block(registry, unit_type, min(ends), max(ends)),
    CODES,
    CODES,
    st.tuples(SERIALS, SERIALS) | SERIALS.map(lambda serial: (serial, serial)),
)
# Each ASCII character as a hand may have typed it with an input method.
TYPED = {":": ":：", "-": "-－‐–—−ー〜～", " ": " \u3000\u00a0\u202f"}


@given(BLOCKS)
def test_printed_blocks_are_read_again(block):
    """In both ways of writing, with codes as they were."""
    assert parse(printed(block)) == block
    assert parse(spoken(block)) == block
    assert spoken(block).replace(" ", "") == printed(block)


@given(BLOCKS, st.randoms(use_true_random=False))
def test_blocks_are_read_as_input_methods_type_them(block, random):
    """Full width, dashes and spaces of all kinds, letters of either case."""

    def typed(character):
        if character in TYPED:
            return random.choice(TYPED[character])
        return random.choice((character, chr(ord(character) + 0xFEE0)))

    for text in (printed(block), spoken(block)):
        assert parse("".join(map(typed, text))) == block
        found = parse(text.swapcase())
        assert (found.registry, found.first, found.last) == (
            block.registry.swapcase(),
            block.first,
            block.last,
        )


@given(BLOCKS)
def test_printed_form_is_the_documented_one(block):
    """Registry, unit type, numbers and two digits between colons; at most 64 characters."""
    text = printed(block)
    numbers = f"{block.first}" if block.first == block.last else f"{block.first}-{block.last}"
    assert re.fullmatch(r"[0-9]{2}", text[-2:])
    assert text[:-3] == f"{block.registry}:{block.unit_type}:{numbers}"
    assert len(text) <= 64


def test_known_serials():
    """Written down once, so that a change of the form is seen."""
    assert printed(Block("KR-ETRS", "KAU", 1000, 2000)) == "KR-ETRS:KAU:1000-2000:60"
    assert printed(Block("KR-ORS", "i-KOC", 7, 7)) == "KR-ORS:i-KOC:7:18"
    assert spoken(Block("A64-REG", "A6.4ER", 1, MAX_SERIAL)) == (
        "A64-REG : A6.4ER : 1 - 1 000 000 000 000 : 32"
    )


@pytest.mark.parametrize(
    "block",
    [
        Block("KR:ETRS", "KAU", 1, 2),
        Block("KR-ETRS", "排出枠", 1, 2),
        Block("KR-ETRS", "", 1, 2),
        Block("KR-ETRS", "K" * 17, 1, 2),
        Block("KR-ETRS", "KAU", 0, 2),
        Block("KR-ETRS", "KAU", 3, 2),
        Block("KR-ETRS", "KAU", 1, MAX_SERIAL + 1),
    ],
    ids=str,
)
def test_what_has_no_form_is_not_printed(block):
    """A text that could not be read again is refused."""
    for write in (printed, spoken):
        with pytest.raises(ValueError):
            write(block)


GOOD = printed(Block("KR-ETRS", "KAU", 1000, 2000))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KR-ETRS:KAU:1000-2000:61", [("SERIAL_CHECK_DIGITS_WRONG", "check_digits", "61", 23)]),
        ("KR-ETRS:KUA:1000-2000:23", [("SERIAL_CHECK_DIGITS_WRONG", "check_digits", "23", 23)]),
        ("KR-ETRS:KAU:1O00-2000:23", [("SERIAL_LETTER_IN_NUMBER", "first", "O", 14)]),
        (
            "KR-ETRS:KAU:1000-2OO0:23",
            [("SERIAL_LETTER_IN_NUMBER", "last", "O", at) for at in (19, 20)],
        ),
        ("KR-ETRS:KAU:1000-2000:2E", [("SERIAL_LETTER_IN_NUMBER", "check_digits", "E", 24)]),
        ("KR-ETRS:KAU:1000-2000", [("SERIAL_CHECK_DIGITS_MISSING", "check_digits", "", None)]),
        ("KR-ETRS:KAU:1000-2000:", [("SERIAL_CHECK_DIGITS_MISSING", "check_digits", "", 23)]),
        ("KR-ETRS:KAU:1000-2000:123", [("SERIAL_CHECK_DIGITS_MISSING", "check_digits", "123", 23)]),
        ("KR-ETRS:КAU:1000-2000:23", [("SERIAL_CHARACTER_UNKNOWN", "unit_type", "К", 9)]),
        ("KR/ETRS:KAU:1000-2000:23", [("SERIAL_CHARACTER_UNKNOWN", "registry", "/", 3)]),
        ("KR-ETRS:KAU:1000+2000:23", [("SERIAL_CHARACTER_UNKNOWN", "first", "+", 17)]),
        ("KR-ETRS::1000-2000:23", [("SERIAL_PART_WRONG", "unit_type", "", 9)]),
        ("KR-ETRS:-KAU:1000-2000:23", [("SERIAL_PART_WRONG", "unit_type", "-KAU", 9)]),
        ("KR-ETRS:KAU:1-2-3:23", [("SERIAL_PART_WRONG", "numbers", "1-2-3", 13)]),
        ("KR-ETRS:KAU:0-2000:23", [("SERIAL_NUMBER_INVALID", "first", "0", 13)]),
        ("KR-ETRS:KAU:1000-02000:23", [("SERIAL_NUMBER_INVALID", "last", "02000", 18)]),
        (
            "KR-ETRS:KAU:1-10000000000000:23",
            [("SERIAL_NUMBER_INVALID", "last", "10000000000000", 15)],
        ),
        ("KR-ETRS:KAU: 1000-2000:23", [("SERIAL_SPACED_WRONG", "", "", None)]),
        ("KR-ETRS:KAU:1 000-2000:23", [("SERIAL_SPACED_WRONG", "", "", None)]),
        ("KR-ETRS : KAU : 1000 - 2 000 : 23", [("SERIAL_SPACED_WRONG", "", "", None)]),
        ("KR-ETRS : KAU : 10 00 - 2 000 : 23", [("SERIAL_SPACED_WRONG", "first", "10 00", 17)]),
        (
            "KR-ETRS:K?U:1O00:",
            [
                ("SERIAL_CHARACTER_UNKNOWN", "unit_type", "?", 10),
                ("SERIAL_LETTER_IN_NUMBER", "first", "O", 14),
                ("SERIAL_CHECK_DIGITS_MISSING", "check_digits", "", 18),
            ],
        ),
    ],
)
def test_findings_name_the_part_and_the_place(text, found):
    """Which part is off, which character, and all of them at once."""
    broken = parse(text)
    assert isinstance(broken, Broken)
    assert [(each.code, each.part, each.found, each.at) for each in broken.findings] == found


def _with_digits(body):
    from registry.serials.check_digits import check_digits

    return f"{body}:{check_digits(body)}"


def test_right_check_digits_do_not_make_a_block():
    """Numbers past the last serial and a block that ends before it begins."""
    for body, code in (
        ("KR-ETRS:KAU:2-1", "BLOCK_BACKWARDS"),
        ("KR-ETRS:KAU:1-1000000000001", "SERIAL_NUMBER_INVALID"),
    ):
        (finding,) = parse(_with_digits(body)).findings
        assert (finding.code, finding.part) == (code, "last")


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("1000", "1OO0"),
        GOOD.replace("1000", "l000"),
        GOOD.replace("2000", "Z000"),
        GOOD.replace(":", " : "),
        GOOD.replace("1000", "1 000"),
        GOOD.lower().replace("2000", "2ooo"),
    ],
)
def test_what_is_meant_is_suggested(text):
    """Letters that look like digits, and spaces: where the check digits confirm it, and as the
    form is printed.
    """
    findings = parse(text).findings
    assert {each.suggestion.upper() for each in findings} == {GOOD}


def test_nothing_is_suggested_where_the_check_digits_do_not_confirm_it():
    """A guess would be as good as any other."""
    assert {each.suggestion for each in parse("KR-ETRS:KAU:1O00-2000:24").findings} == {""}


def test_look_alikes_of_codes():
    """A digit of a code taken for a letter, or a letter for a digit: both are possible codes."""
    text = printed(Block("JP-11-REG", "ST-SO2", 5, 9))
    assert Block("JP-11-REG", "ST-SO2", 5, 9) in look_alikes(text.replace("SO2", "S02"))
    assert Block("JP-11-REG", "ST-SO2", 5, 9) in look_alikes(text.replace("JP-11", "JP-I1"))
    assert look_alikes("KAU 5") == []
    assert codes(text.lower()) == ("JP-11-REG", "ST-SO2")
    assert codes("KAU 5") is None


@pytest.mark.parametrize("text", ["", "KAU 1000", "1000", "a:b", "a:b:c:d:e", "12:30", "☂"])
def test_other_texts_are_not_in_this_form(text):
    """They have no colons, or another number of them."""
    assert parse(text) is None


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.text(SIGNS + ":- "))
def test_any_text_is_answered(text):
    """Whatever is typed, the answer is a block, what is wrong with it, or nothing."""
    found = parse(text)
    assert found is None or isinstance(found, Block | Broken)
    if isinstance(found, Broken):
        assert found.findings
