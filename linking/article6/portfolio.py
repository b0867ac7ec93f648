"""Whether a closed set of Parties counts every tonne once (G 7, 17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .adjustments import Year


@dataclass(frozen=True)
class Portfolio:
    """A period over all Parties that trade with each other, in tonnes.

    `outstanding` is what was added and not subtracted: it is held, cancelled, or with the
    Adaptation Fund, and never negative where no Party used what none has first transferred.
    """

    added: int
    used: int
    emissions: int | None
    balances: Fraction | None

    @property
    def outstanding(self) -> int:
        return self.added - self.used


def portfolio(parties: Mapping[str, list[Year]]) -> Portfolio:
    """The sums over all Parties; those of inventories only where every year has one.

    By the methods A1 and B balances are emissions plus what is outstanding. By averages that holds
    of the cumulative amounts only, because a single-year target counts one year of several.
    """
    every = [year for years in parties.values() for year in years]
    complete = all(year.emissions is not None for year in every)
    return Portfolio(
        added=sum(year.added for year in every),
        used=sum(year.used for year in every),
        emissions=sum(year.emissions for year in every) if complete else None,
        balances=sum((year.balance for year in every), Fraction(0)) if complete else None,
    )
