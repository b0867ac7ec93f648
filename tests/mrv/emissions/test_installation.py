"""Installations as a whole: equal to a reference, balanced, and uncertain as they should be."""

import tomllib
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from mrv.emissions.checks import missing_values, open_balances
from mrv.emissions.derivation import Input, recomputed
from mrv.emissions.installation import Stream, of_installation
from mrv.sectors.template import read
from mrv.services.load_library import DATA

STEEL = read(tomllib.loads((DATA / "sectors" / "steel.toml").read_text()))
POWER = read(tomllib.loads((DATA / "sectors" / "power.toml").read_text()))
GWP = {"CO2": Input("gwp", Fraction(1), "tCO2e/tCO2")}


def fractions(high):
    return st.fractions(min_value=0, max_value=high, max_denominator=1000)


def carbon(code, kind, tonnes, share):
    inputs = {
        ("activity", 0): Input("activity", tonnes, "t"),
        ("carbon", 0): Input("carbon", share, "tC/t"),
    }
    return Stream(code, STEEL.kinds[kind], inputs, {"activity": Fraction(3), "carbon": Fraction(4)})


@settings(max_examples=50)
@given(st.lists(st.tuples(fractions(10**6), fractions(40)), min_size=12, max_size=12))
def test_months_add_up(months):
    """Twelve months of fuel with a calorific value each: the sum of the products, rounded once."""
    kind = POWER.kinds["coal"]
    inputs = {
        ("carbon", 0): Input("carbon", Fraction("0.03"), "tC/GJ"),
        ("oxidation", 0): Input("oxidation", Fraction(98), "pct"),
    }
    for month, (tonnes, ncv) in enumerate(months, 1):
        inputs["activity", month] = Input("activity", tonnes, "t")
        inputs["ncv", month] = Input("ncv", ncv, "GJ/t")
    made = of_installation(POWER, [Stream("S1", kind, inputs)], GWP)
    exact = sum(tonnes * ncv for tonnes, ncv in months) * Fraction("0.03") * 98 / 100 * 11 / 3
    assert made.figures[0].emitted.result == exact
    assert made.total.result == (2 * exact + 1) // 2
    assert recomputed(made.total.as_document()) == made.total.result


def test_a_mass_balance():
    """What leaves in products and stocks is not emitted: 100 t of carbon in, 20 and 5 out."""
    streams = [
        carbon("IN", "carbon_input", Fraction(125), Fraction("0.8")),
        carbon("OUT", "carbon_product", Fraction(1000), Fraction("0.02")),
        carbon("STOCK", "carbon_stock", Fraction(10), Fraction("0.5")),
    ]
    made = of_installation(STEEL, streams, GWP)
    assert made.total.result == 275
    assert [each.emitted.result for each in made.figures] == [
        Fraction(1100, 3), Fraction(-220, 3), Fraction(-55, 3),
    ]  # fmt: skip
    assert recomputed(made.total.as_document()) == 275
    # Each stream is known to √(3² + 4²) = 5 %; the sum to 5 % of √(20² + 4² + 1²) / 15.
    assert {each.uncertainty_pct for each in made.figures} == {5}
    assert made.uncertainty_pct == Fraction("6.8069")
    assert open_balances(STEEL, streams, made.figures) == []


def test_a_balance_that_does_not_close_is_found():
    """More carbon leaves than has entered."""
    streams = [
        carbon("IN", "carbon_input", Fraction(100), Fraction("0.1")),
        carbon("OUT", "carbon_product", Fraction(100), Fraction("0.2")),
    ]
    made = of_installation(STEEL, streams, GWP)
    (found,) = open_balances(STEEL, streams, made.figures)
    assert (found.code, made.total.result) == ("BALANCE_OPEN", -37)


def test_what_lacks_is_named():
    """The parameters, and the months where some are given."""
    found = missing_values(Stream("S1", STEEL.kinds["coal"], {}))
    assert [(each.code, each.data) for each in found] == [
        ("VALUE_MISSING", {"parameter": name}) for name in STEEL.kinds["coal"].parameters
    ]
    given_month = {("ncv", 3): Input("ncv", Fraction(20), "GJ/t")}
    found = missing_values(Stream("S1", STEEL.kinds["coal"], given_month))
    assert {each.data["parameter"] for each in found} == set(STEEL.kinds["coal"].parameters)
    assert "3" not in found[1].data["months"].split()
