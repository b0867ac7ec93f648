"""Exact quantities: what is read is what was written, and units are refused where they differ."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrv.quantities import UNITS, QuantityError, converted, meant, number, unit, written

VALUES = st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**9)


@given(VALUES)
def test_a_number_reads_as_it_was_written(value):
    """Decimal or n/d: nothing is lost."""
    assert number(written(value)) == value


@pytest.mark.parametrize("text", ["", "1e5", "0x1", " 1", "1,000", "1/0", "١", "nan", 1.5, None])
def test_what_is_no_exact_number_is_refused(text):
    """Exponents, separators, other digits and binary fractions are no numbers here."""
    with pytest.raises(QuantityError) as caught:
        number(text)
    assert caught.value.code == "NUMBER_NOT_EXACT"


@given(VALUES, st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_units_convert_there_and_back_or_not_at_all(value, here, there):
    """Of one dimension exactly; of two dimensions never."""
    if UNITS[here][0] == UNITS[there][0]:
        assert converted(converted(value, here, there), there, here) == value
    else:
        with pytest.raises(QuantityError) as caught:
            converted(value, here, there)
        assert caught.value.code == "UNIT_OF_ANOTHER_DIMENSION"


@pytest.mark.parametrize(
    ("value", "given_unit", "wanted", "expected"),
    [
        ("1", "MWh", "GJ", "3.6"),
        ("1", "tce", "GJ", "29.3076"),
        ("94600", "kgCO2/TJ", "tCO2/GJ", "0.0946"),
        ("5000", "kcal/kg", "GJ/t", "20.934"),
        ("389.31", "GJ/10kNm3", "MJ/Nm3", "38.931"),
        ("98", "pct", "1", "0.98"),
    ],
    ids=str,
)
def test_published_conversions(value, given_unit, wanted, expected):
    """As the tables of units have them."""
    assert written(converted(number(value), given_unit, wanted)) == expected


def test_units_that_nobody_knows_are_refused():
    """Also inside a quotient; a tonne of carbon dioxide is no tonne of coal."""
    for text in ("", "tonne", "GJ/", "GJ/tonne", "tCO2/TJ/x"):
        with pytest.raises(QuantityError) as caught:
            unit(text)
        assert caught.value.code == "UNKNOWN_UNIT"
    assert unit("tCO2").dimensions != unit("t").dimensions
    assert unit("kJ/kJ") == unit("1")


def test_another_unit_is_seen_by_the_magnitude():
    """Coal of 22,500 GJ a tonne is coal of 22,500 kJ a kilogram: somebody wrote the wrong unit."""
    low, high = Fraction(5), Fraction(35)
    assert meant(Fraction("22.5"), "GJ/t", low, high) is None
    assert meant(Fraction(22_500), "GJ/t", low, high) == "MJ/t"
    assert meant(Fraction("0.0225"), "GJ/t", low, high) == "TJ/t"
    assert meant(Fraction(10**12), "GJ/t", low, high) is None
