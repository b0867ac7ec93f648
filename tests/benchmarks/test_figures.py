"""Figures, ratios and the verdicts that targets give."""

import json

import pytest

from benchmarks import report
from benchmarks.figures import Figure, Target, ratios
from benchmarks.tally import percentiles

FIGURES = {
    "l": Figure("l", "reference", "transfers/s", [4_000, 1_000, 2_000]),
    "service": Figure("service", "service", "transfers/s", [1_200, 9_000, 100]),
}


def test_the_median_of_the_rounds_counts():
    """One lucky and one unlucky round change nothing."""
    assert FIGURES["service"].median == 1_200


def test_a_ratio_is_that_of_the_medians():
    """1,200 against 2,000 is 0.6, whatever the rounds were paired with."""
    (ratio,) = ratios(FIGURES, [Target("service", "l", first=0.5, then=0.7)])
    assert ratio.value == pytest.approx(0.6)
    assert ratio.verdict == "met, next not"


def test_a_ratio_by_processor_time_is_that_of_the_costs():
    """Twice the processor time for a transfer is half the transfers, on an idle machine."""
    figures = {
        "l": Figure("l", "", "", [1], client_cpu_ms=[0.1], server_cpu_ms=[0.4]),
        "service": Figure("service", "", "", [1], client_cpu_ms=[0.4], server_cpu_ms=[0.6]),
    }
    (ratio,) = ratios(figures, [Target("service", "l", first=0.5)])
    assert ratio.by_cpu == pytest.approx(0.5)
    assert "0.500" in report.table({"date": "today"}, figures, [ratio])


def test_a_target_without_its_reference_is_left_out():
    """A part of the measures gives a part of the ratios, and no wrong ones."""
    assert ratios({"service": FIGURES["service"]}, [Target("service", "l", first=0.5)]) == []


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (Target("a", "b", first=0.5, then=0.7), 0.49, "not met"),
        (Target("a", "b", first=0.5, then=0.7), 0.5, "met, next not"),
        (Target("a", "b", first=0.5, then=0.7), 0.7, "met"),
        (Target("a", "b", first=0.8), 0.8, "met"),
        (Target("a", "b", first=1.1, at_most=True), 1.1, "met"),
        (Target("a", "b", first=1.1, at_most=True), 1.2, "not met"),
    ],
)
def test_a_bound_itself_is_met(target, value, verdict):
    """Bounds are inclusive, in both directions."""
    assert target.verdict(value) == verdict


def test_the_table_shows_values_targets_and_verdicts():
    """Who reads the table needs nothing else: conditions, medians, ratios, bounds, verdicts."""
    found = ratios(FIGURES, [Target("service", "l", first=0.5, then=0.7)])
    text = report.table({"date": "today", "machine": "2 cores"}, FIGURES, found)
    assert "machine  2 cores" in text
    assert "1,000–4,000" in text
    assert "service / l" in text
    assert "0.600" in text
    assert "≥ 0.5, then 0.7" in text
    assert text.endswith("met, next not")


def test_the_json_holds_every_round(tmp_path):
    """Programs get the rounds too, so that later reading needs no second run."""
    path = tmp_path / "figures.json"
    found = ratios(FIGURES, [Target("service", "l", first=0.5, then=0.7)])
    report.write_json(path, {"date": "today"}, FIGURES, found)
    said = json.loads(path.read_text())
    assert said["figures"][1]["rounds"] == [1_200, 9_000, 100]
    assert said["ratios"][0]["verdict"] == "met, next not"


def test_percentiles_are_samples_by_nearest_rank():
    """Of a hundred samples the 95th percentile is the 95th, and of none there is none."""
    assert percentiles([float(number) for number in range(100, 0, -1)]) == {
        "p50": 50.0,
        "p95": 95.0,
        "p99": 99.0,
    }
    assert percentiles([]) == {}
