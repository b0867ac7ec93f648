"""Pure functions against independent or obvious ones."""

import string
from itertools import pairwise

import pytest
import rfc8785
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from registry import canonical, posting
from registry.account_numbers import account_number, check_digits, is_valid
from registry.lines import Line
from registry.selectors.movements import Movement, _pair

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SMALL = st.integers(-(2**53) + 1, 2**53 - 1)
ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126))
DOCUMENT = st.recursive(
    st.none() | st.booleans() | SMALL | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ASCII, inner, max_size=4),
    max_leaves=20,
)
CODES = st.from_regex(r"[A-Z]{2}(-[A-Z0-9]{1,8})?", fullmatch=True)
SERIALS = st.integers(1, 10**9)


@given(DOCUMENT)
def test_canonical_bytes_are_those_of_rfc_8785(document):
    """For every document of the kind that Concord builds, an independent encoder agrees."""
    assert canonical.encode(document) == rfc8785.dumps(document)


@given(
    st.floats() | st.binary() | st.dates() | st.integers(2**53) | st.integers(max_value=-(2**53))
)
def test_what_has_no_canonical_form_is_refused(value):
    """Fractions and foreign objects are refused instead of encoded in some way."""
    for document in (value, [value], {"value": {"inner": [value]}}):
        with pytest.raises(ValueError, match="no canonical form"):
            canonical.encode(document)
    for key in (1, None, "年"):
        with pytest.raises(ValueError, match="no key"):
            canonical.encode({key: "value"})


@given(CODES, SERIALS)
def test_account_numbers_are_valid(code, serial):
    """What is made is valid."""
    assert is_valid(account_number(code, serial))


def _digits(number):
    return [place for place, character in enumerate(number) if character in string.digits]


@given(CODES, SERIALS)
def test_every_wrong_digit_is_found(code, serial):
    """No digit can be mistyped into another without being found."""
    number = account_number(code, serial)
    for place in _digits(number):
        for digit in set(string.digits) - {number[place]}:
            assert not is_valid(number[:place] + digit + number[place + 1 :])


@given(CODES, SERIALS)
def test_every_exchange_of_neighbours_is_found(code, serial):
    """Two neighbouring digits that are exchanged are found, also across a hyphen."""
    number = account_number(code, serial)
    places = _digits(number)
    for left, right in pairwise(places):
        turned = list(number)
        turned[left], turned[right] = turned[right], turned[left]
        if turned != list(number):
            assert not is_valid("".join(turned))


@given(CODES, SERIALS, st.sampled_from(string.ascii_uppercase), st.integers(0, 1))
def test_every_wrong_letter_is_found(code, serial, letter, place):
    """The letters of the registry's code are covered as well."""
    number = account_number(code, serial)
    if number[place] != letter:
        assert not is_valid(number[:place] + letter + number[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["", "KR-ETRS", "KR-ETRS-1-00", "kr-etrs-0000001-36", "KR-ETRS-0000001-3", "７-0000001-11"],
)
def test_other_texts_are_no_account_numbers(text):
    """What has another form is not valid, whatever its digits."""
    assert not is_valid(text)


def test_check_digits_of_the_standard():
    """ISO/IEC 7064 gives 44 as the check digits of 794 in MOD 97-10."""
    assert check_digits("794") == "44"


@pytest.mark.django_db
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_texts_of_lines_arrive_as_they_are(texts):
    """Whatever a period or a factor's version contains, it is not read as anything else."""
    clean = [(a.replace("\0", ""), b.replace("\0", "")) for a, b in texts]
    lines = [Line(1, 2, 3, 4, period=period, factor_version=factor) for period, factor in clean]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(l.period, ''), coalesce(l.factor, ''), l.quantity"
            " FROM unnest(%s::registry_line[]) l",
            [posting._array(map(posting._row, lines))],
        )
        assert cursor.fetchall() == [(period, factor, 4) for period, factor in clean]


# Blocks of one posting: how serials 1-40 of two unit types are cut among accounts before, and
# after it; an account of 0 stands for "not in the registry".
CUTS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 4)), max_size=10)


def _blocks(unit_type, cuts):
    first = 1
    for size, account in cuts:
        if account:
            yield (1, unit_type, first, first + size - 1, account)
        first += size


def _naive(closed, opened):
    """Serial by serial: from where, to where."""
    found = {}
    for which, rows in ((0, closed), (1, opened)):
        for registry, unit_type, first, last, account in rows:
            for serial in range(first, last + 1):
                key = (registry, unit_type, serial)
                found.setdefault(key, [None, None])[which] = account
    return {key: tuple(ends) for key, ends in found.items()}


@given(CUTS, CUTS, CUTS, CUTS)
def test_movements_are_those_of_each_serial(before_a, after_a, before_b, after_b):
    """Pairing sorted blocks gives for every serial what comparing them one by one gives."""
    closed = [*_blocks(1, before_a), *_blocks(2, before_b)]
    opened = [*_blocks(1, after_a), *_blocks(2, after_b)]
    moves = list(_pair(iter(closed), iter(opened)))
    found = {}
    for move in moves:
        assert isinstance(move, Movement) and move.quantity > 0
        for serial in range(move.first, move.last + 1):
            key = (move.registry, move.unit_type, serial)
            assert key not in found
            found[key] = (move.source, move.destination)
    assert found == _naive(closed, opened)
