"""Adjustments and balances, against worked figures of two Parties over ten years."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.article6.adjustments import (
    ElapsedYears,
    Figures,
    Method,
    Period,
    adjusted_indicator,
    years,
)
from linking.article6.portfolio import portfolio
from linking.article6.refusal import Refused
from tests.linking.test_vectors import DIRECTORY

PERIOD = Period(2021, 2030)


def worked():
    """The rows of each Party in the worked case, if the directory of cases has it."""
    path = DIRECTORY / "article6.json"
    said = json.loads(path.read_text()) if path.exists() else {}
    return {said["parties"][side]: said[side] for side in said.get("parties", {})}


def figures(rows):
    return Figures(
        emissions={row["year"]: row["E"] for row in rows},
        added={row["year"]: row["add"] for row in rows},
        used={row["year"]: row["sub"] for row in rows},
    )


@pytest.mark.parametrize("party", sorted(worked()))
def test_every_year_of_the_worked_case(party):
    """Trajectory and average, year by year, as exact fractions."""
    rows = worked()[party]
    by_year = years(PERIOD, Method.TRAJECTORY, figures(rows))
    averages = years(PERIOD, Method.AVERAGE, figures(rows))
    for row, year, average in zip(rows, by_year, averages, strict=True):
        assert (year.net, year.cumulative, year.elapsed) == (row["ca"], row["cum"], row["n"])
        assert year.adjustment == row["ca"]
        assert year.balance == row["eb_trajectory"]
        assert average.adjustment == Fraction(*row["avg"])
        assert average.balance == Fraction(*row["eb_avg"])


def two_parties():
    """The same two Parties, by the figures that are printed in 2/CMA.3's terms."""
    added = [0, 0, 120, 180, 200, 250, 250, 300, 300, 400]
    used = [0, 0, 0, 0, 100, 150, 200, 300, 350, 800]
    host = {2021 + i: 50_000_000 - 500_000 * i for i in range(10)}
    user = {2021 + i: 30_000_000 - 600_000 * i for i in range(10)}
    sold = {2021 + i: value * 1000 for i, value in enumerate(added)}
    bought = {2021 + i: value * 1000 for i, value in enumerate(used)}
    return Figures(host, sold, {}), Figures(user, {}, bought)


def test_budgets_are_met_with_the_adjustments():
    """The host stays within its budget although it sold; the user does because it bought."""
    host, user = (years(PERIOD, Method.MULTI_YEAR, each) for each in two_parties())
    assert sum(year.balance for year in host) == 479_500_000
    assert sum(year.balance for year in user) == 271_100_000
    assert sum(year.emissions for year in user) == 273_000_000


def test_all_parties_together_count_every_tonne_once():
    """What was added and not subtracted is held or cancelled: 60,000 given, 40,000 cancelled."""
    both = {
        name: years(PERIOD, Method.TRAJECTORY, each)
        for name, each in zip(("XHA", "XUB"), two_parties(), strict=True)
    }
    found = portfolio(both)
    assert found.outstanding == 100_000
    assert found.balances == found.emissions + found.outstanding == 750_600_000


def test_late_first_transfer_restates_the_year_of_its_vintage():
    """50,000 of vintage 2022, transferred in 2026, change 2022 and not 2026."""
    host, _user = two_parties()
    late = Figures(host.emissions, {**host.added, 2022: 50_000}, {})
    before = years(PERIOD, Method.TRAJECTORY, host)
    after = years(PERIOD, Method.TRAJECTORY, late)
    assert after[1].balance == 49_550_000
    assert after[5].adjustment == before[5].adjustment


def test_whoever_passes_on_adjusts_nothing():
    """10,000 from one Party through another to a third: only the first and the last adjust."""
    empty = Figures({2025: 100}, {}, {})
    first = years(PERIOD, Method.MULTI_YEAR, Figures({}, {2025: 10_000}, {}))
    between = years(PERIOD, Method.MULTI_YEAR, empty)
    last = years(PERIOD, Method.MULTI_YEAR, Figures({}, {}, {2025: 10_000}))
    assert [each[4].adjustment for each in (first, between, last)] == [10_000, 0, -10_000]
    assert between[4].balance == 100


def test_host_adds_and_does_not_deduct():
    """1,000 tonnes emitted and 100 sold are 1,100."""
    year = years(Period(2025, 2025), Method.MULTI_YEAR, Figures({2025: 1000}, {2025: 100}, {}))
    assert year[0].balance == 1100


def test_indicator_of_another_metric_has_the_other_sign():
    """Who sells renewable energy has less of it, who buys has more."""
    assert adjusted_indicator(1_000_000, 150_000, 0) == 850_000
    assert adjusted_indicator(400_000, 0, 150_000) == 550_000


def test_average_is_no_decimal():
    """A million over three years stays what it is."""
    year = years(PERIOD, Method.AVERAGE, Figures({}, {2021: 10**6}, {}), through=2023)[-1]
    assert year.adjustment == Fraction(10**6, 3)
    assert year.adjustment * 3 == 10**6
    assert year.balance is None


@pytest.mark.parametrize(
    ("through", "average"), [(2022, 0), (2024, 75_000), (2026, 125_000), (2030, 200_000)]
)
def test_restated_average_stands_for_every_year(through, average):
    """By the second reading each report says the latest average for all years that elapsed."""
    host, _user = two_parties()
    found = years(PERIOD, Method.AVERAGE, host, through=through, elapsed=ElapsedYears.RESTATED)
    assert {year.adjustment for year in found} == {average}
    assert len(found) == through - 2020


def test_average_over_years_with_an_inventory():
    """By the third reading a year without an inventory does not count."""
    some = Figures({2021: 1, 2023: 1}, {2021: 300, 2022: 300}, {})
    found = years(PERIOD, Method.AVERAGE, some, through=2023, elapsed=ElapsedYears.INVENTORIED)
    assert [year.average for year in found] == [300, 600, 300]


@pytest.mark.parametrize("where", ["added", "used"])
@pytest.mark.parametrize("year", [2020, 2031])
def test_year_outside_of_the_period_is_refused(where, year):
    """ITMOs are used in the period in which they occurred."""
    with pytest.raises(Refused) as refused:
        years(
            PERIOD,
            Method.AVERAGE,
            Figures(**{"emissions": {}, "added": {}, "used": {}, where: {year: 1}}),
        )
    assert refused.value.code == "YEAR_OUTSIDE_PERIOD"


amounts = st.dictionaries(st.integers(2021, 2030), st.integers(0, 10**10))


@given(amounts, amounts, st.sampled_from(ElapsedYears))
def test_averages_times_years_are_the_cumulative_amount(added, used, elapsed):
    """Exactly, in every year and by every reading, and equal at the end of the period."""
    full = dict.fromkeys(PERIOD.years(), 1)
    found = years(PERIOD, Method.AVERAGE, Figures(full, added, used), elapsed=elapsed)
    if elapsed != ElapsedYears.RESTATED:
        assert all(year.average * year.elapsed == year.cumulative for year in found)
    trajectory = years(PERIOD, Method.TRAJECTORY, Figures(full, added, used))
    assert sum(year.adjustment for year in trajectory) == found[-1].adjustment * 10
    assert all(year.deviation == year.net - year.average for year in found)


@given(st.lists(st.tuples(st.integers(2021, 2030), st.integers(2021, 2030), st.integers(1, 10**9))))
def test_balances_are_emissions_where_all_is_used(trades):
    """Whatever is sold and used in which years: all Parties together emit what they emit."""
    sold, bought = {}, {}
    for vintage, use, tonnes in trades:
        sold[vintage] = sold.get(vintage, 0) + tonnes
        bought[use] = bought.get(use, 0) + tonnes
    emitted = dict.fromkeys(PERIOD.years(), 10**6)
    found = portfolio(
        {
            "XHA": years(PERIOD, Method.MULTI_YEAR, Figures(emitted, sold, {})),
            "XUB": years(PERIOD, Method.MULTI_YEAR, Figures(emitted, {}, bought)),
        }
    )
    assert found.outstanding == 0
    assert found.balances == found.emissions
