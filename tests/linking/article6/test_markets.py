"""Netting over a link, what the mechanism withholds at issuance, and the structured summary."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.article6.adjustments import Figures, Method, Period, years
from linking.article6.netting import Net, net
from linking.article6.refusal import Refused
from linking.article6.shares import withheld
from linking.article6.summary import Flows, rows

ONE = Fraction(1)


@pytest.mark.parametrize(
    ("surrendered", "factors", "expected"),
    [
        ((700_000, 250_000), (ONE, ONE), Net("P", "Q", 450_000, 450_000, 0)),
        ((250_000, 700_000), (ONE, ONE), Net("Q", "P", 450_000, 450_000, 0)),
        ((300_000, 300_000), (ONE, ONE), Net(None, None, 0, 0, 0)),
        ((700_000, 250_000), (Fraction(4, 5), ONE), Net("P", "Q", 450_000, 360_000, 90_000)),
        ((0, 10), (ONE, Fraction(1, 3)), Net("Q", "P", 10, 3, 7)),
    ],
)
def test_net_of_a_period(surrendered, factors, expected):
    """Whose allowances were surrendered abroad in excess adds, the other one subtracts."""
    assert net(("P", "Q"), surrendered, factors) == expected


def test_factor_above_one_is_refused():
    """540,000 claimed on 450,000 would be an increase that nobody sees."""
    with pytest.raises(Refused) as refused:
        net(("P", "Q"), (700_000, 250_000), (Fraction(6, 5), ONE))
    assert refused.value.code == "NET_INCREASE"


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.fractions(0, 1), st.fractions(0, 1))
def test_net_never_subtracts_more_than_is_added(one, other, there, back):
    """Whatever is surrendered at whatever discount."""
    found = net(("P", "Q"), (one, other), (there, back))
    assert found.used + found.cancelled == found.first_transferred == abs(one - other)
    assert 0 <= found.used <= found.first_transferred


@pytest.mark.parametrize(
    ("issued", "given_", "parts", "adjusted"),
    [
        (10_000, {"authorized": True}, (500, 200, 9_300), 700),
        (10_000, {"authorized": False}, (500, 200, 9_300), 0),
        (10_000, {"authorized": True, "exempt": True}, (0, 200, 9_800), 200),
        (10_001, {"authorized": True}, (501, 201, 9_299), 702),
        (1, {"authorized": True}, (1, 0, 0), 1),
        (0, {"authorized": True}, (0, 0, 0), 0),
    ],
)
def test_shares_at_issuance(issued, given_, parts, adjusted):
    """Five per cent for adaptation and two for overall mitigation, in whole units."""
    found = withheld(issued, **given_)
    assert (found.adaptation, found.overall_mitigation, found.rest) == parts
    assert found.adjusted == adjusted


@given(st.integers(0, 10**9), st.booleans())
def test_shares_sum_to_what_was_issued(issued, exempt):
    """No unit is lost, none is negative."""
    found = withheld(issued, authorized=True, exempt=exempt)
    parts = (found.adaptation, found.overall_mitigation, found.rest)
    assert sum(parts) == issued
    assert min(parts) >= 0


def test_summary_dates_acts_and_adjustments_each_by_its_own_year():
    """Sold in 2025 and 2026 of vintages 2022 to 2024: flows and adjustments differ by year and
    agree over the period."""
    vintages = {2022: 67_497, 2023: 230_126, 2024: 25_748}
    flows = Flows({2025: 180_867, 2026: 142_504}, {}, {})
    figures = Figures({}, vintages, {})
    found = {
        row.year: row
        for row in rows(
            years(Period(2021, 2030), Method.TRAJECTORY, figures), flows, Method.TRAJECTORY
        )
    }
    assert [found[year].g for year in vintages] == list(vintages.values())
    assert [found[year].c for year in (2022, 2025, 2026)] == [0, 180_867, 142_504]
    assert (found[2025].h, found[2026].h) == (180_867, 323_371)
    assert found[2030].h == sum(row.g for row in found.values())
    assert {row.k for row in found.values()} == {None}
    assert {row.average for row in found.values()} == {None}


def test_summary_counts_other_purposes_once_and_use_against_them():
    """Net is what left, for whatever purpose, less what was used."""
    flows = Flows({2023: 600}, {2023: 100}, {2023: 250})
    figures = Figures({2023: 1000}, {2023: 700}, {2023: 250})
    made = years(Period(2023, 2023), Method.AVERAGE, figures)
    (row,) = rows(made, flows, Method.AVERAGE)
    assert (row.c, row.d, row.e, row.f, row.h) == (600, 100, 250, 450, 450)
    assert (row.g, row.average, row.k) == (450, 450, 1450)
