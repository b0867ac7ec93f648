"""Calculations of published guidelines, in their own figures."""

from fractions import Fraction

import pytest

from mrv.emissions.derivation import Input, derive
from mrv.emissions.rounding import rounded

# 2006 IPCC Guidelines for National Greenhouse Gas Inventories, volume 2, chapter 1: the default
# carbon content of table 1.3 in kg/GJ, and the effective emission factor of table 1.4 in kg/TJ,
# which the guidelines compute from it as C × 44/12 × 1000 and round to three digits.
FUELS = {
    "anthracite": ("26.8", 98_300),
    "other bituminous coal": ("25.8", 94_600),
    "lignite": ("27.6", 101_000),
    "coke oven coke": ("29.2", 107_000),
    "gas/diesel oil": ("20.2", 74_100),
    "natural gas": ("15.3", 56_100),
}


@pytest.mark.parametrize("fuel", FUELS)
def test_effective_factors_of_table_1_4(fuel):
    """A terajoule of the fuel emits what the table says."""
    carbon, expected = FUELS[fuel]
    inputs = [
        Input("energy", Fraction(1), "TJ"),
        Input("carbon", Fraction(carbon), "kgC/GJ"),
        Input("oxidation", Fraction(1), "1"),
    ]
    found = derive("energy * carbon * oxidation * co2_per_c", inputs, "kgCO2").result
    step = 10 ** (len(str(int(found))) - 3)
    assert rounded(found / step, "half_up") * step == expected


def test_clinker_factor_of_equation_2_4():
    """Volume 3, chapter 2, equation 2.4: clinker of 65 % lime, of which each tonne has lost
    0.785 tonnes of carbon dioxide, emits 0.51 a tonne; with 2 % for dust lost, 0.52."""
    inputs = [
        Input("clinker", Fraction(1), "t"),
        Input("lime", Fraction(65), "pct"),
        Input("released", Fraction("0.785"), "tCO2/t"),
        Input("dust", Fraction(102), "pct"),
    ]
    without = derive("clinker * lime * released", inputs[:3], "tCO2", rounding=("half_up", 2))
    assert without.result == Fraction("0.51")
    found = derive("clinker * lime * released * dust", inputs, "tCO2", rounding=("half_up", 2))
    assert found.result == Fraction("0.52")
