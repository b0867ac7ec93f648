"""What one run of a load did: how often, in how long, with which latencies."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """`acknowledged` counts everything that was answered with success, `timed` without the warm-up.

    The processor times are per transfer, of the callers and of the server. Where something serves
    the callers, its time stands for theirs, which `load_cpu_ms` has then.
    """

    rate: float
    acknowledged: int
    timed: int = 0
    client_cpu_ms: float | None = None
    server_cpu_ms: float | None = None
    load_cpu_ms: float | None = None
    latency_ms: dict[str, float] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


def percentiles(samples: list[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile of samples, by nearest rank.

    >>> percentiles([1.0, 2.0, 3.0, 4.0])
    {'p50': 2.0, 'p95': 4.0, 'p99': 4.0}
    """
    ordered = sorted(samples)
    if not ordered:
        return {}
    last = len(ordered)
    return {
        f"p{rank}": round(ordered[max(0, -(-last * rank // 100) - 1)], 3) for rank in (50, 95, 99)
    }
