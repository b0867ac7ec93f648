"""What was measured: figures, their medians, and the ratios that are held against targets."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Figure:
    """One measure's results, a value a round, of which the median counts.

    `client_cpu_ms` and `server_cpu_ms` are processor times of one transfer, where known.
    """

    name: str
    title: str
    unit: str
    rounds: list[float] = field(default_factory=list)
    note: str = ""
    client_cpu_ms: list[float] = field(default_factory=list)
    server_cpu_ms: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    @property
    def cpu(self) -> tuple[float, float] | None:
        """Median processor times of a transfer in ms, the client's and the server's."""
        if not (self.client_cpu_ms and self.server_cpu_ms):
            return None
        return statistics.median(self.client_cpu_ms), statistics.median(self.server_cpu_ms)


@dataclass(frozen=True)
class Target:
    """A ratio of two figures of one run, with the bound to reach first and the one after it.

    Absolute figures belong to a machine; the ratio of two that were taken in turns on one server
    carries over to another.
    """

    figure: str
    reference: str
    first: float
    then: float | None = None
    at_most: bool = False

    def verdict(self, ratio: float) -> str:
        if not self._reached(ratio, self.first):
            return "not met"
        if self.then is None or self._reached(ratio, self.then):
            return "met"
        return "met, next not"

    @property
    def wanted(self) -> str:
        sign = "≤" if self.at_most else "≥"
        bounds = [self.first] if self.then is None else [self.first, self.then]
        return f"{sign} " + ", then ".join(f"{bound:g}" for bound in bounds)

    def _reached(self, ratio: float, bound: float) -> bool:
        return ratio <= bound if self.at_most else ratio >= bound


@dataclass(frozen=True)
class Ratio:
    """A target with the value that this run gave it.

    `by_cpu` is what the value would be if processors were all that counts: on a machine that
    does other work at the same time it varies less.
    """

    target: Target
    value: float
    by_cpu: float | None = None

    @property
    def verdict(self) -> str:
        return self.target.verdict(self.value)


def ratios(figures: dict[str, Figure], targets: list[Target]) -> list[Ratio]:
    """The targets whose two figures were measured, in the order of the targets."""
    found = []
    for target in targets:
        figure, reference = figures.get(target.figure), figures.get(target.reference)
        if figure is None or reference is None:
            continue
        by_cpu = None
        if figure.cpu and reference.cpu:
            by_cpu = sum(reference.cpu) / sum(figure.cpu)
        found.append(Ratio(target, figure.median / reference.median, by_cpu))
    return found
