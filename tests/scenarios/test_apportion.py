from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.apportion import apportion, sizes

SIZES_OF_KNOWN = [294722, 172345, 174137, 155709, 203087]


def slow_apportion(total, weights):
    """One unit after another to the weight that is furthest behind its exact share."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    shares = [share.numerator // share.denominator for share in exact]
    while sum(shares) < total:
        behind = max(range(len(weights)), key=lambda index: (exact[index] - shares[index], -index))
        shares[behind] += 1
    return shares


@given(
    st.integers(0, 10_000),
    st.lists(st.integers(0, 1_000), min_size=1, max_size=40).filter(any),
)
def test_apportion_agrees_with_the_slow_reference(total, weights):
    """The shares are those of the largest remainder method and add up to the total."""
    shares = apportion(total, weights)
    assert shares == slow_apportion(total, weights)
    assert sum(shares) == total


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20).filter(any), st.data())
def test_no_share_is_above_its_weight_when_the_total_is_not(weights, data):
    """Who gives in proportion to what it has never gives more than it has."""
    total = data.draw(st.integers(0, sum(weights)))
    assert all(
        share <= weight for share, weight in zip(apportion(total, weights), weights, strict=True)
    )


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [-1, 2]), (1, []), (1, [0, 0])])
def test_apportion_refuses_what_has_no_shares(total, weights):
    """A negative total, negative weights, and weights without any positive one are refused."""
    with pytest.raises(ValueError):
        apportion(total, weights)


@given(st.integers(1, 400), st.integers(0, 10**10), st.text(max_size=8))
def test_sizes_add_up_and_are_at_least_one(count, above, seed):
    """However small the total, every operator has a unit and the sum is exact."""
    total = count + above
    found = sizes(total, count, seed)
    assert sum(found) == total
    assert len(found) == count
    assert min(found) >= 1


def test_sizes_are_the_same_on_every_machine():
    """The first sizes of a known seed are these, and another seed gives others."""
    assert sizes(1_000_000, 5, "known") == SIZES_OF_KNOWN
    assert sizes(1_000_000, 5, "other") != SIZES_OF_KNOWN


def test_sizes_have_a_heavy_tail():
    """A tenth of the operators has more than a third of the total, one less than a tenth of it."""
    found = sorted(sizes(567_100_000, 772, "tail"), reverse=True)
    assert sum(found[:77]) * 3 > 567_100_000
    assert found[0] * 10 < 567_100_000


@pytest.mark.parametrize(("total", "count"), [(4, 5), (0, 1), (5, 0)])
def test_sizes_refuse_less_than_one_unit_each(total, count):
    """There is no operator without a unit."""
    with pytest.raises(ValueError):
        sizes(total, count, "seed")
