"""Identifiers and blocks of ITMOs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.article6.itmo import Block, joined, read
from linking.article6.refusal import Refused


def block(first, last, vintage=2023):
    return Block("CA0004", "KOR01", "KOR", vintage, first, last)


def test_identifier_is_read_and_written():
    """The parts of the text, and the text of the parts; commas between thousands are read."""
    found = read("CA0004-KOR01-KOR-1,200-2023", "CA0004-KOR01-KOR-4500-2023")
    assert found == block(1200, 4500)
    assert found.identifier(1200) == "CA0004-KOR01-KOR-1200-2023"
    assert found.quantity == 3301
    assert found.series == ("CA0004", "KOR01", "KOR", 2023)


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "CA4-KOR01-KOR-1-2023",
        "CA0004-KOR1-KOR-1-2023",
        "CA0004-KOR01-KR-1-2023",
        "CA0004-KOR01-KOR-0-2023",
        "CA0004-KOR01-KOR-012-2023",
        "CA0004-KOR01-KOR-12,00-2023",
        "CA0004-KOR01-KOR-1,2345-2023",
        "CA0004-KOR01-KOR-1-23",
        "CA0004-KOR01-KOR-non-GHG-1-2023",
        "xCA0004-KOR01-KOR-1-2023",
        "CA0004-KOR01-KOR-1-2023x",
        "CA0004-KOR01-KOR-١-2023",
    ],
)
def test_what_is_no_identifier_is_refused(text):
    """Every part in its place, and nothing around it."""
    with pytest.raises(Refused) as refused:
        read(text, "CA0004-KOR01-KOR-1-2023")
    assert refused.value.code == "ITMO_NOT_READABLE"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("CA0004-KOR01-KOR-9-2023", "CA0004-KOR01-KOR-8-2023", "BAD_BLOCK"),
        ("CA0004-KOR01-KOR-1-2023", "CA0003-KOR01-KOR-8-2023", "BAD_BLOCK"),
        ("CA0004-KOR01-KOR-1-2023", "CA0004-KOR02-KOR-8-2023", "BAD_BLOCK"),
        ("CA0004-KOR01-KOR-1-2023", "CA0004-KOR01-JPN-8-2023", "BAD_BLOCK"),
        ("CA0004-KOR01-KOR-1-2023", "CA0004-KOR01-KOR-8-2024", "BAD_BLOCK"),
        ("CA0004-KOR01-KOR-1-2020", "CA0004-KOR01-KOR-8-2020", "VINTAGE_BEFORE_2021"),
    ],
)
def test_what_is_no_block_is_refused(first, last, code):
    """Both ends are of one series, in order, and stand for mitigation from 2021 onward."""
    with pytest.raises(Refused) as refused:
        read(first, last)
    assert refused.value.code == code


def test_blocks_overlap_within_a_series_only():
    """The same serials of another vintage are other ITMOs."""
    assert block(1, 10).overlaps(block(10, 20))
    assert not block(1, 10).overlaps(block(11, 20))
    assert not block(1, 10).overlaps(block(1, 10, vintage=2024))


def test_part_lies_within_its_block():
    """A block is cut where its serials are."""
    assert block(1, 1000).part(1, 600) == block(1, 600)
    with pytest.raises(Refused):
        block(1, 1000).part(601, 1001)


@given(st.sets(st.integers(1, 60)), st.randoms(use_true_random=False))
def test_joined_blocks_do_not_depend_on_how_they_were_cut(serials, random):
    """Singles and runs of the same serials are the same largest blocks."""
    singles = [block(serial, serial) for serial in serials]
    random.shuffle(singles)
    whole = list(joined(singles))
    assert {s for each in whole for s in range(each.first, each.last + 1)} == serials
    assert all(a.last + 1 < b.first for a, b in pairwise(whole))
    assert list(joined(whole)) == whole
