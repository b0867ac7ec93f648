"""Where tiles are, how wide they are, and how their addresses are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.log import tiles
from registry.log.refused import Refused
from tests.log import trees

EXAMPLES = trees.published("c2sp/examples.json")


@pytest.mark.parametrize("size", EXAMPLES["trees"])
def test_tiles_of_the_published_trees(size):
    """The specification's own examples."""
    expected = [tuple(row) for row in EXAMPLES["trees"][size]]
    assert tiles.of_tree(int(size)) == expected
    for level, count, last in expected:
        assert tiles.width(level, count - 1, int(size)) == last
        assert tiles.width(level, count, int(size)) == 0


def test_address_of_the_published_tile():
    """Thousands are directories."""
    path = f"0/{EXAMPLES['tile_path']}"
    assert tiles.path(0, EXAMPLES["tile_number"]) == path
    assert tiles.parse_path(path) == (0, EXAMPLES["tile_number"], 256)


@given(
    st.integers(0, 63) | st.just("entries"),
    st.integers(0, 10**12),
    st.integers(1, 256),
)
def test_addresses_are_read_as_they_are_written(level, number, hashes):
    """Each tile has one address."""
    assert tiles.parse_path(tiles.path(level, number, hashes)) == (level, number, hashes)


@pytest.mark.parametrize(
    "path",
    [
        "0/1",
        "00/001",
        "64/001",
        "0/x001",
        "0/001/002",
        "0/x000/001",
        "0/001.p/0",
        "0/001.p/256",
        "0/001.p/01",
        "0/001.p/300",
        "entry/001",
        "0/٠٠١",
        "/0/001",
        "0/001/",
    ],
)
def test_other_addresses_are_refused(path):
    """Nothing is found under a second name."""
    with pytest.raises(Refused) as refused:
        tiles.parse_path(path)
    assert refused.value.code == "TILE_PATH_WRONG"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1000])
def test_widths_are_those_of_the_tree(size):
    """A tile is as wide as there are complete nodes for it."""
    cut = trees.tiles_over(trees.leaves(size))
    listed = {
        (level, number): tiles.width(level, number, size)
        for level, count, _last in tiles.of_tree(size)
        for number in range(count)
    }
    assert listed == {tile: len(hashes) // 32 for tile, hashes in cut.items()}
