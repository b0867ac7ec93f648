"""Readiness: the published assessment of seven pairs is reproduced, and what-if follows it."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from linking.lifecycle.phases import Standing, stage
from linking.readiness.assessment import (
    agreed,
    assess,
    disagreements,
    price_gap_score,
    ranges,
    what_if,
)
from linking.readiness.criteria import CRITERIA
from tests.linking.documents import edge

DATA = Path(__file__).parents[2] / "scenarios" / "readiness"
# The words of the summary for the forms of the code.
FORMS = {
    "formal_direct": "formal direct",
    "reciprocal": "reciprocal / restricted two-way with quotas",
    "restricted": "restricted one-way with quota and discount",
    "indirect": "indirect link or information phase only",
}


def rows(name):
    with (DATA / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def scores():
    found = {}
    for row in rows("scores"):
        found.setdefault(row["pair"], {})[row["criterion"]] = int(row["score_0_3"])
    return found


def test_criteria_are_those_of_the_data():
    """Their classes and weights, all twenty-two."""
    listed = {row["id"]: (row["alignment_class"], int(row["weight"])) for row in rows("criteria")}
    assert listed == {code: (c.alignment, c.weight) for code, c in CRITERIA.items()}
    assert len(CRITERIA) == 22


@pytest.mark.parametrize("row", rows("summary"), ids=lambda row: row["pair"])
def test_summary_is_reproduced(row):
    """Index, lowest score, blockers, obstacles and form of each pair."""
    found = assess(scores()[row["pair"]])
    assert round(found.index, 4) == Fraction(row["index"])
    assert found.lowest_must == int(row["lowest_must"])
    assert ";".join(found.blockers) == row["blockers"]
    assert ";".join(found.obstacles) == row["major_obstacles"]
    assert FORMS[found.form] == row["suggested_form"]


def test_an_absolute_cap_makes_china_and_korea_ready_for_two_ways():
    """From 2027: the criterion of the cap rises from 1 to 3."""
    before, after = what_if(scores()["CN|KR"], C02=3)
    assert (round(before.index, 3), before.form) == (Fraction("0.628"), "restricted")
    assert (round(after.index, 3), after.form) == (Fraction("0.667"), "reciprocal")


def test_disagreement_is_shown_and_the_lower_score_counts():
    """Two assessors differ on two criteria; only one of them scored a third."""
    given = {"assessor 1": {"C01": 3, "C02": 1, "C03": 2}, "assessor 2": {"C01": 3, "C02": 2}}
    assert ranges(given) == {"C01": (3, 3), "C02": (1, 2), "C03": (2, 2)}
    assert disagreements(given) == ("C02",)
    assert agreed(given) == {"C01": 3, "C02": 1, "C03": 2}


def test_what_nobody_scored_is_unknown_and_blocks():
    """Not knowing is no readiness."""
    found = assess({})
    assert found.index == 0 and found.form == "indirect"
    assert set(found.blockers) <= set(found.unknown) and len(found.unknown) == 20


@pytest.mark.parametrize(
    ("ratio", "score"), [("1.5", 3), ("1.51", 2), ("3", 2), ("3.7", 1), ("6", 1), ("6.01", 0)]
)
def test_price_gap_has_its_score(ratio, score):
    """By the highest price over the lowest."""
    assert price_gap_score(Fraction(10), 10 * Fraction(ratio)) == score
    assert price_gap_score(Fraction(0), Fraction(10)) == 0


def test_a_gate_asks_for_the_standing():
    """Index, blockers and the lowest score; a phase that has begun is not asked again."""
    gate = {"min_readiness": "0.65", "no_blockers": True, "min_must": 2}
    link = edge(phases=[{"n": 1, "from": "2027-01-01"}, {"n": 2, "from": "2028-01-01",
                                                          "gate": gate}])  # fmt: skip
    on = link.phases[1].begins
    for standing, n in (
        (None, 1),
        (Standing(Fraction("0.64"), (), 2), 1),
        (Standing(Fraction("0.65"), ("C01",), 2), 1),
        (Standing(Fraction("0.65"), (), 1), 1),
        (Standing(Fraction("0.65"), (), 2), 2),
    ):
        found = stage(link.phases, on, standing)
        assert found.phase.n == n
        assert (found.delayed is None) == (n == 2)
    assert stage(link.phases, on, None, started=2).phase.n == 2
