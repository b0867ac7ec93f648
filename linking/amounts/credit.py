"""Units and tonnes: floor on credits, ceiling on units and on what is withheld. Pure.

A factor is a fraction num/den of tonnes for one unit. All results are whole; no step is rounded
but the last, so 100 units at 0.29 are 29 tonnes.
"""

from fractions import Fraction


def credited(units: int, factor: Fraction) -> int:
    """Tonnes that units count for: floor(n * f)."""
    return units * factor.numerator // factor.denominator


def units_for(tonnes: int, factor: Fraction) -> int:
    """The least units that count for so many tonnes: ceil(t / f)."""
    return -(-tonnes * factor.denominator // factor.numerator)


def most_units(tonnes: int, factor: Fraction) -> int:
    """The most units of which no part of a tonne goes beyond a limit: floor(Q / f)."""
    return tonnes * factor.denominator // factor.numerator


def credited_more(units: int, factor: Fraction, before: int) -> int:
    """Tonnes that `units` add when `before` units were used already in the same period.

    The sum over a period is the floor of the total, however it was divided:
    c_k = floor(f * N_k) - floor(f * N_(k-1)).
    """
    return credited(before + units, factor) - credited(before, factor)


def consumed(tonnes: int, factor: Fraction, before: int = 0) -> int:
    """The least units that add so many tonnes to what `before` units counted for."""
    if tonnes == 0:
        return 0
    return units_for(credited(before, factor) + tonnes, factor) - before


def withheld(units: int, share: Fraction) -> int:
    """Units that a reserve keeps of a transfer: ceil(n * share)."""
    return -(-units * share.numerator // share.denominator)


def remainder(units: int, tonnes: int, to: str, reserved: Fraction) -> dict[str, int]:
    """Where the units go that count for nothing: place by name, units. Empty where none are left.

    A split keeps floor(r * share) in the acceptor's reserve and cancels the rest.
    """
    left = units - tonnes
    if left <= 0:
        return {}
    if to != "split":
        return {to: left}
    kept = credited(left, reserved)
    return {
        place: count
        for place, count in (("acceptor_reserve", kept), ("cancel", left - kept))
        if count
    }


def emission_change(units: int, tonnes: int, places: dict[str, int]) -> int:
    """What the use adds to the world's emissions, in tonnes.

    Cancelled units are never emitted; those in a reserve may be used later and count as not
    cancelled.
    """
    return tonnes - units + sum(n for place, n in places.items() if place != "cancel")
