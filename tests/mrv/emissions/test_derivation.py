"""Derivations: a figure can be computed anew from what it says of itself."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrv.emissions.derivation import Input, derive, leaves, recomputed, total
from mrv.emissions.rounding import RULES, rounded
from mrv.emissions.uncertainty import of_product, of_sum, root
from mrv.quantities import QuantityError, number
from registry import canonical

REPORTED = {"kind": "reported"}


def combustion(activity):
    """2 GJ a tonne, 0.05 tonnes of carbon dioxide a gigajoule."""
    inputs = (
        Input("activity", activity, "t", REPORTED),
        Input("ncv", Fraction(2), "GJ/t", {"kind": "default"}),
        Input("factor", Fraction(1, 20), "tCO2/GJ", {"kind": "factor", "set": "X"}),
    )
    return derive("activity * ncv * factor", inputs, "tCO2")


@given(
    st.lists(
        st.fractions(min_value=0, max_value=10**9, max_denominator=999), min_size=1, max_size=5
    )
)
def test_a_tree_is_recomputed_from_its_leaves(activities):
    """Through JSON, with the sum rounded once, at the end."""
    parts = [combustion(activity) for activity in activities]
    inputs = [Input(f"m{n}", part.result, "tCO2", of=part) for n, part in enumerate(parts)]
    made = total(inputs, "tCO2", rounding=("half_up", 0))
    document = json.loads(canonical.encode(made.as_document()))
    assert recomputed(document) == made.result == number(document["result"])
    assert made.result == rounded(sum(activities) / 10, "half_up")
    assert len(list(leaves(document))) == 3 * len(activities)


def test_a_changed_leaf_changes_the_result():
    """So that nobody changes an input and keeps the figure."""
    document = combustion(Fraction(100)).as_document()
    assert document["result"] == "10"
    document["inputs"][0]["value"] = "200"
    assert recomputed(document) == 20


def test_unlike_things_are_not_added():
    """Neither in a sum, nor by calling a result by another unit."""
    part = combustion(Fraction(1))
    with pytest.raises(QuantityError):
        total([Input("a", part.result, "t", of=part)], "tCO2")
    document = total([Input("a", part.result, "tCO2", of=part)], "tCO2").as_document()
    document["inputs"][0]["of"]["unit"] = "kgCO2"
    with pytest.raises(QuantityError):
        recomputed(document)


@given(
    st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6),
    st.sampled_from(RULES),
    st.integers(0, 6),
)
def test_rounding_is_as_near_as_its_rule_allows(value, rule, places):
    """Down is not above, up is not below, half up is at most half a step away."""
    found, step = rounded(value, rule, places), Fraction(1, 10**places)
    assert (found / step).denominator == 1
    if rule == "half_up":
        assert abs(found - value) * 2 <= step
        assert rounded(-value, rule, places) == -found
    else:
        low, high = (found, found + step) if rule == "down" else (found - step, found)
        assert low <= value <= high
    assert rounded(found, rule, places) == found


@pytest.mark.parametrize(
    ("value", "rule", "expected"),
    [("2.5", "half_up", 3), ("-2.5", "half_up", -3), ("2.4", "up", 3), ("-2.5", "down", -3)],
    ids=str,
)
def test_halves_go_where_they_should(value, rule, expected):
    """Away from zero."""
    assert rounded(Fraction(value), rule) == expected


@given(st.fractions(min_value=0, max_value=10**6, max_denominator=10**6))
def test_roots_are_never_understated(square):
    """The smallest of so many places whose square is not below."""
    found = root(square)
    assert found**2 >= square
    assert found == 0 or (found - Fraction(1, 10**4)) ** 2 < square


def test_uncertainties_combine():
    """2006 IPCC Guidelines, volume 1, equations 3.1 and 3.2: 3 % and 4 % make 5 %; two equal
    streams of 10 % make 10 / √2 %."""
    assert of_product([Fraction(3), Fraction(4)]) == 5
    assert of_sum([(Fraction(100), Fraction(10))] * 2) == Fraction("7.0711")
    assert of_sum([(Fraction(100), Fraction(5)), (Fraction(-100), Fraction(5))]) is None
