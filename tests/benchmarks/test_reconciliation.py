"""The comparison of two sides in the benchmarks."""

from benchmarks.reconciliation import reconciliation


def test_digests_cost_a_part_of_the_full_lists():
    """Small: it runs, finds what is missing, and exchanges less than the lists."""
    figures = reconciliation(blocks=4_000, rounds=1)
    assert figures["bytes_0"].median < figures["bytes_10"].median < figures["bytes_full"].median
