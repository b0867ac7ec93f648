"""What the two check digits find: proved by trying everything, and by the arithmetic."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.serials import own
from registry.serials.check_digits import ALPHABET, LONGEST, MODULUS, VALUES, check_digits
from registry.serials.own import Block, parse, printed, spoken

BLOCKS = (
    Block("KR-ETRS", "KAU", 1, 1),
    Block("KR-ORS", "i-KOC", 999, 1000),
    Block("A64-REG", "A6.4ER", 107345, 1_000_000_000_000),
    Block("0-REG", "0", 10, 101),
    Block("CN-BJ-REG", "BEA", 123_456_789_012, 999_999_999_999),
)
# What a hand can put in the place of a character: all of ASCII that is printed, and others.
TYPED = [chr(code) for code in range(0x20, 0x7F)] + list("１ＡａO：－ー～　\u00a0К排")


def _is_other(text, block):
    """Whether a wrong text is taken for another block: what must never happen."""
    found = parse(text)
    return isinstance(found, Block) and (
        (found.registry.upper(), found.unit_type.upper(), found.first, found.last)
        != (block.registry.upper(), block.unit_type.upper(), block.first, block.last)
    )


def _wrong_characters(text):
    for place in range(len(text)):
        for typed in TYPED:
            yield text[:place] + typed + text[place + 1 :]


def _exchanges(text):
    for left, right in itertools.combinations(range(len(text)), 2):
        turned = list(text)
        turned[left], turned[right] = turned[right], turned[left]
        yield "".join(turned)


def _missed(errors, block, write):
    return [text for text in errors(write(block)) if _is_other(text, block)]


both_ways = pytest.mark.parametrize("write", [printed, spoken], ids=["printed", "spoken"])
each_block = pytest.mark.parametrize("block", BLOCKS, ids=str)


@both_ways
@each_block
def test_every_wrong_character_is_found(block, write):
    """Whatever stands in place of whichever character, no other block is understood."""
    assert _missed(_wrong_characters, block, write) == []


@both_ways
@each_block
def test_every_exchange_is_found(block, write):
    """Any two characters that changed places, neighbours or not."""
    assert _missed(_exchanges, block, write) == []


def _sum(text):
    return f"{sum(VALUES[character] for character in text) % 97:02d}"


def _digits_only(text):
    return f"{sum(VALUES[each] for each in text if each.isdigit()) % 97:02d}"


@both_ways
def test_other_check_digits_would_miss_something(monkeypatch, write):
    """The control: a sum without weights misses exchanges, one of digits alone wrong letters."""
    block = BLOCKS[2]
    monkeypatch.setattr(own, "check_digits", _sum)
    assert _missed(_exchanges, block, write)
    monkeypatch.setattr(own, "check_digits", _digits_only)
    assert _missed(_wrong_characters, block, write)


def test_spaces_at_will_would_miss_something(monkeypatch):
    """The control of the two ways of writing: where any space is left out, a space in the place of
    a digit makes a shorter number, and the check digits can fit that by chance.
    """
    tight = own.parse
    monkeypatch.setitem(globals(), "parse", lambda text: tight(text.replace(" ", "")))
    blocks = [Block("KR-ETRS", "KAU", first, 10**7) for first in range(10**5, 10**5 + 10**4)]
    assert any(_missed(_wrong_characters, block, printed) for block in blocks[::7])


def test_wrong_characters_and_exchanges_in_many_blocks():
    """The same for blocks of every size, with one error each in a place that is drawn."""
    draw = random.Random(20261122)
    for _ in range(3000):
        first = draw.randint(1, 10 ** draw.randint(1, 12))
        block = Block("JP-13-REG", "TK-EXC", first, min(10**12, first + draw.randint(0, 10**6)))
        text = draw.choice((printed, spoken))(block)
        place = draw.randrange(len(text))
        assert not _is_other(text[:place] + draw.choice(TYPED) + text[place + 1 :], block)
        turned = list(text)
        turned[place - 1], turned[place] = turned[place], turned[place - 1]
        assert not _is_other("".join(turned), block)


def test_the_arithmetic_of_the_proof():
    """97 is prime and above every difference of values; no power of ten up to the 95th is 1."""
    assert all(MODULUS % divisor for divisor in range(2, MODULUS))
    assert sorted(VALUES.values()) == list(range(1, len(ALPHABET) + 1))
    assert max(VALUES.values()) - min(VALUES.values()) < MODULUS
    assert all(pow(10, exponent, MODULUS) != 1 for exponent in range(1, LONGEST + 2))
    assert pow(10, LONGEST + 2, MODULUS) == 1


def _obvious(text):
    """The check digits by the definition: try all of them."""
    for digits in range(2, 99):
        values = [VALUES[character] for character in text] + list(divmod(digits, 10))
        weighted = zip(reversed(values), itertools.count(), strict=False)
        if sum(value * 10**power for value, power in weighted) % MODULUS == 1:
            return f"{digits:02d}"
    raise AssertionError(text)


@given(st.text(ALPHABET, min_size=1, max_size=LONGEST))
def test_check_digits_are_those_of_the_definition(text):
    """The value of the text followed by its digits is 1 modulo 97; the digits are 02 to 98."""
    assert check_digits(text) == _obvious(text)


@given(st.text(ALPHABET, min_size=2, max_size=LONGEST))
def test_a_lost_first_character_is_found(text):
    """No character has the value 0."""
    assert check_digits(text) != check_digits(text[1:])


def test_lost_and_doubled_digits_are_found_mostly():
    """One in about a hundred of the errors that are not promised slips through, as with any two
    digits.
    """
    draw = random.Random(7)
    missed = tried = 0
    for _ in range(4000):
        block = Block("KR-ETRS", "KAU", draw.randint(10**5, 10**9), 10**10)
        text = printed(block)
        place = draw.randrange(12, 17)
        tried += 2
        missed += _is_other(text[:place] + text[place + 1 :], block)
        missed += _is_other(text[:place] + text[place] + text[place:], block)
    assert 0 < missed < tried // 60
