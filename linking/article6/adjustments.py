"""Corresponding adjustments of one Party, year by year, and its emissions balance (G 7, 8).

The first transferring Party adds what it has authorized and first transferred, in the year of the
vintage; the using Party subtracts what it used towards its NDC, in the year that it was used for.
Acquiring, holding and passing on adjust nothing. All figures are exact: tonnes are whole, averages
are fractions, and nothing is rounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .refusal import Refused


class Method(StrEnum):
    """How a Party applies adjustments, the same for a whole NDC period (G 7)."""

    TRAJECTORY = "A1"  # a single-year target with an indicative trajectory: G 7(a)(i)
    AVERAGE = "A2"  # a single-year target with the average of the elapsed years: G 7(a)(ii)
    MULTI_YEAR = "B"  # a trajectory or budget over the period: G 7(b)


class ElapsedYears(StrEnum):
    """By what the cumulative amount is divided in the method of averages.

    G 7(a)(ii) says "elapsed years" and no more. All readings agree in the last year of the period.
    """

    RUNNING = "R1"  # calendar years since the first year of the period
    RESTATED = "R2"  # the same, and the latest average stands for every year that has elapsed
    INVENTORIED = "R3"  # years for which there is an inventory


@dataclass(frozen=True)
class Period:
    """An NDC implementation period: its first and last calendar year."""

    first: int
    last: int

    def __post_init__(self):
        if self.first > self.last:
            raise Refused("YEAR_OUTSIDE_PERIOD", year=self.last, first=self.first, last=self.last)

    def years(self, through: int | None = None) -> range:
        """The years up to one of them, all if none is given."""
        return range(self.first, min(self.last, through or self.last) + 1)

    def require(self, year: int) -> None:
        """Raises: Refused (YEAR_OUTSIDE_PERIOD)."""
        if not self.first <= year <= self.last:
            raise Refused("YEAR_OUTSIDE_PERIOD", year=year, first=self.first, last=self.last)


@dataclass(frozen=True)
class Year:
    """One year of a Party. `added` and `used` are tonnes; `average` is that of the method of
    averages, told for every method; `adjustment` is the one that the method applies.

    `balance` is the emissions with the adjustment, None where there is no inventory yet;
    `deviation` is how far the year's own trade lies from the average.
    """

    year: int
    emissions: int | None
    added: int
    used: int
    cumulative: int
    elapsed: int
    average: Fraction
    adjustment: Fraction

    @property
    def net(self) -> int:
        return self.added - self.used

    @property
    def balance(self) -> Fraction | None:
        return None if self.emissions is None else self.emissions + self.adjustment

    @property
    def deviation(self) -> Fraction:
        return self.net - self.average


@dataclass(frozen=True)
class Figures:
    """What a Party's years are computed from, by calendar year, in tonnes of CO2 equivalent.

    `added` are ITMOs that it authorized and first transferred, by vintage, from within and from
    outside the scope of its NDC (G 8(a), 13, 14); `used` those that it used towards its NDC, by the
    year that they were used for (G 8(b)). `emissions` are those that its NDC covers.
    """

    emissions: Mapping[int, int]
    added: Mapping[int, int]
    used: Mapping[int, int]


def years(
    period: Period,
    method: Method,
    figures: Figures,
    *,
    through: int | None = None,
    elapsed: ElapsedYears = ElapsedYears.RUNNING,
) -> list[Year]:
    """The years of a period up to the one that a report covers, the last one if none is given.

    Raises: Refused (YEAR_OUTSIDE_PERIOD) for a vintage or a year of use outside of the period:
    ITMOs are used in the period in which they occurred (G 8(b)).
    """
    for year in (*figures.added, *figures.used):
        period.require(year)
    found, cumulative, inventoried = [], 0, 0
    for year in period.years(through):
        added, used = figures.added.get(year, 0), figures.used.get(year, 0)
        cumulative += added - used
        inventoried += year in figures.emissions
        count = year - period.first + 1
        if elapsed == ElapsedYears.INVENTORIED:
            count = inventoried
        average = Fraction(cumulative, count) if count else Fraction(0)
        found.append((year, added, used, cumulative, count, average))
    latest = found[-1][-1] if found else None
    made = []
    for year, added, used, total, count, average in found:
        stands = latest if elapsed == ElapsedYears.RESTATED else average
        applied = stands if method == Method.AVERAGE else Fraction(added - used)
        emissions = figures.emissions.get(year)
        made.append(Year(year, emissions, added, used, total, count, stands, applied))
    return made


def adjusted_indicator(level: int, first_transferred: int, used: int) -> int:
    """The annual level of an indicator in a metric of its own: there the signs are the other way
    round, because its units are good to have (G 9)."""
    return level - first_transferred + used
