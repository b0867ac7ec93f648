"""The figures of decisions are of decisions that accept, and are there for each round."""

from benchmarks.decisions import decisions


def test_decisions_are_measured_beside_the_reference():
    """Fast and slow in every round; the fast one is much faster although it takes more units."""
    figures = decisions(rounds=2, seconds=1)
    assert {name: len(figure.rounds) for name, figure in figures.items()} == {
        "decide": 2,
        "route": 2,
        "reference": 2,
    }
    assert figures["decide"].median > 20 * figures["reference"].median
