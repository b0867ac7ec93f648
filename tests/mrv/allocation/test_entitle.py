"""What installations are entitled to, in the figures of published plans and rules."""

from datetime import date
from fractions import Fraction

import pytest

from mrv.allocation.divide import correction_for, instalments, remainders
from mrv.allocation.entitle import (
    corrected,
    difference,
    entitled,
    operating_share,
    whole,
)
from mrv.allocation.limits import Room, input_failures, room_failures
from mrv.allocation.rule import Rule, Terms, Value, findings
from mrv.emissions.derivation import Input, recomputed
from mrv.quantities import QuantityError

# China's trial plan of 30 September 2019 for power (icapcarbonaction.com/en/news-archive/671): in
# its second scheme 0.827 t a MWh above 300 MW and 0.879 t up to it; 0.382 t for gas.
COAL_ABOVE_300 = Rule(
    Terms(
        "coal-above-300",
        "benchmark",
        "output * benchmark",
        advance="share * output_expected * benchmark",
    ),
    {
        "benchmark": Value(Fraction("0.827"), "tCO2e/MWh", "trial plan 2019"),
        "share": Value(Fraction("0.7"), "1"),
    },
    {"output": "MWh", "output_expected": "MWh"},
)
# Tokyo, period 3: a cap of five years at 27 % below the base year for offices, at 25 % for
# factories (Bureau of Environment; ICAP ETS factsheet). What a facility emits less is its credit.
TOKYO_OFFICE = Rule(
    Terms(
        "office",
        "excess_reduction",
        "max(base * (1 - factor) * years - emissions, 0 * base)",
    ),
    {"factor": Value(Fraction("0.27"), "1"), "years": Value(Fraction(5), "1")},
    {"base": "tCO2e", "emissions": "tCO2e"},
)
# GX-ETS: 1.7 % less each year where no benchmark applies (ICAP; IEEJ). Two years after the base.
GX_OTHER = Rule(
    Terms("other", "grandfathering", "base * (1 - decline * years) * operating"),
    {"decline": Value(Fraction("0.017"), "1"), "years": Value(Fraction(2), "1")},
    {"base": "tCO2e"},
)
# China's plan of 16 November 2025 for steel, cement and aluminium: in 2025 what is verified, and
# by intensity a surplus or a deficit within a narrow band.
CEMENT_2025 = Rule(
    Terms(
        "cement",
        "intensity_band",
        "emissions * (1 + max(-band, min(band, slope * (balance - emissions / output) / balance)))",
    ),
    {
        "band": Value(Fraction("0.03"), "1"),
        "slope": Value(Fraction("0.15"), "1"),
        "balance": Value(Fraction("0.8"), "tCO2e/t"),
    },
    {"emissions": "tCO2e", "output": "t"},
)
# Korea, phase 4: 15 % is auctioned outside of power, and of power 15 % in 2026.
KOREA_POWER = Rule(
    Terms("power", "benchmark", "output * benchmark"),
    {"benchmark": Value(Fraction("0.75"), "tCO2e/MWh"), "auction": Value(Fraction("0.15"), "1")},
    {"output": "MWh"},
)


def tonnes(value, name="emissions"):
    return Input(name, Fraction(value), "tCO2e")


def output(value, unit="MWh", name="output"):
    return Input(name, Fraction(value), unit)


def test_benchmark_with_seventy_per_cent_in_advance_and_true_up():
    """A unit expected 1 TWh: 70 % of 827,000 t first. It makes 1.1 TWh: 330,800 t more follow."""
    expected = [output(1000, "GWh", "output_expected")]
    first = whole(entitled(COAL_ABOVE_300, expected, stage="advance"), "down")
    assert first.result == 578_900
    final = whole(entitled(COAL_ABOVE_300, [output(1_100_000)]), "down")
    assert final.result == 909_700
    assert difference(final, 578_900).result == 330_800


def test_true_up_of_little_output_is_owed_back():
    """It makes only 600 GWh: 496,200 t are its due, and 82,700 t go back."""
    final = whole(entitled(COAL_ABOVE_300, [output(600, "GWh")]), "down")
    assert difference(final, 578_900).result == -82_700


def test_credits_after_the_period():
    """Base 10,000 t: cap 36,500 t over five years. 30,000 t emitted earn 6,500; 40,000 earn 0."""
    base = tonnes(10_000, "base")
    assert entitled(TOKYO_OFFICE, [base, tonnes(30_000)]).result == 6_500
    assert entitled(TOKYO_OFFICE, [base, tonnes(40_000)]).result == 0


def test_grandfathering_declines_with_the_years():
    """200,000 t two years after the base: 3.4 % less; half of it for half of the period."""
    base = [tonnes(200_000, "base")]
    assert entitled(GX_OTHER, base, operating=Fraction(1)).result == 193_200
    assert entitled(GX_OTHER, base, operating=Fraction(1, 2)).result == 96_600


@pytest.mark.parametrize(
    ("emitted", "expected"),
    [(80_000, 80_000), (72_000, 73_080), (40_000, 41_200), (160_000, 155_200)],
    ids=["balanced", "better", "best", "worst"],
)
def test_intensity_gives_a_narrow_surplus_or_deficit(emitted, expected):
    """100,000 t of clinker at 0.8 t: as verified; 10 % better 1.5 % more; never beyond 3 %."""
    inputs = [tonnes(emitted), output(100_000, "t")]
    assert entitled(CEMENT_2025, inputs).result == expected


def test_auctioned_share_is_taken_off():
    """Of 750,000 t by benchmark 85 % are free of charge."""
    found = entitled(KOREA_POWER, [output(1_000_000)])
    assert found.result == 637_500
    assert found.inputs[1].origin["kind"] == "plan"


def test_why_is_computed_anew_from_the_leaves():
    """The document of a corrected, rounded entitlement gives the same tonnes."""
    free = entitled(KOREA_POWER, [output("123456.7")], subject={"installation": "KR-1"})
    found = whole(corrected(free, Fraction(2, 3)), "down", remainder=1)
    assert found.result == 52_470
    assert recomputed(found.as_document()) == found.result


def test_a_benchmark_of_another_dimension_is_refused():
    """Heat is no electricity in disguise where the output is in tonnes."""
    with pytest.raises(QuantityError):
        entitled(COAL_ABOVE_300, [output(5, "t")])


def test_shares_of_the_period_by_days():
    """Whole, from the day of a new entrant, to the last day of a closed one, or not at all."""
    year = (date(2025, 1, 1), date(2026, 1, 1))
    assert operating_share(date(2010, 1, 1), None, *year) == 1
    assert operating_share(date(2025, 12, 31), None, *year) == Fraction(1, 365)
    assert operating_share(date(2010, 1, 1), date(2025, 1, 31), *year) == Fraction(31, 365)
    assert operating_share(date(2026, 5, 1), None, *year) == 0


def test_the_whole_is_divided_to_the_last_tonne():
    """Three thirds of 100 are 34, 33 and 33; a cap of 100 for 90 asked is 1, or 10/9 of each."""
    third = Fraction(100, 3)
    extra = remainders([third] * 3, 100)
    assert extra == [1, 0, 0]
    assert correction_for(100, Fraction(90), whole=False) == 1
    assert correction_for(100, Fraction(90), whole=True) == Fraction(10, 9)
    assert correction_for(100, Fraction(125), whole=False) == Fraction(4, 5)
    with pytest.raises(ValueError, match="add up"):
        remainders([third], 40)


def test_a_return_duty_in_instalments():
    """23.95 Mt, what Korea's power operators return of phase 3, over five years; and 7 t by 3."""
    assert instalments(23_950_000, 5) == [4_790_000] * 5
    assert instalments(7, 3) == [3, 2, 2]
    with pytest.raises(ValueError, match="instalments"):
        instalments(2, 3)


def test_beyond_the_cap_and_the_reserve_are_told_together():
    """Each with what is asked and what there is; a cap that is only a sum refuses nothing."""
    found = room_failures(Room(100, 10), incumbents=101, entrants=11)
    assert [code for code, _data in found] == ["ALLOCATION_BEYOND_CAP", "RESERVE_TOO_SMALL"]
    assert room_failures(Room(None, 0), incumbents=10**12, entrants=0) == []


def test_missing_inputs_are_told():
    """A benchmark needs its output, before the end what is expected; others say what is missing."""
    assert input_failures(COAL_ABOVE_300, "final", {"output"}) == []
    assert input_failures(COAL_ABOVE_300, "advance", {"output"})[0][1]["input"] == "output_expected"
    assert input_failures(COAL_ABOVE_300, "final", set())[0][0] == "BENCHMARK_WITHOUT_OUTPUT"
    assert [each[0] for each in input_failures(TOKYO_OFFICE, "final", {"base"})] == [
        "INPUT_MISSING"
    ]


def test_rules_are_read_whole():
    """All that is wrong with one is told at once; those above are right."""
    for rule in (COAL_ABOVE_300, TOKYO_OFFICE, GX_OTHER, CEMENT_2025, KOREA_POWER):
        assert findings(rule) == []
    broken = Rule(
        Terms("x", "benchmark", "output * benchmark", "sideways", "output"),
        {"benchmark": Value(Fraction(1), "tCO2e/MWh"), "auction": Value(Fraction(-1), "1")},
        {"output": "MWh", "heat": "GJ"},
    )
    assert [code for code, _field, _data in findings(broken)] == [
        "FIELD_WRONG",
        "SHARE_NOT_POSSIBLE",
        "UNIT_OF_ANOTHER_DIMENSION",
    ]
    idle = Rule(Terms("x", "benchmark", "base"), {}, {"base": "tCO2e", "heat": "GJ"})
    assert findings(idle) == [("VALUE_NOT_USED", "heat", {})]
    mixed = Rule(Terms("x", "benchmark", "output * benchmark"), {}, {"output": "MWh"})
    assert findings(mixed)[0][0] == "PARAMETER_WITHOUT_UNIT"
    heat = Rule(
        Terms("x", "benchmark", "output * benchmark"),
        {"benchmark": Value(Fraction(1), "tCO2e/t")},
        {"output": "MWh"},
    )
    assert findings(heat)[0][0] == "UNIT_OF_ANOTHER_DIMENSION"
