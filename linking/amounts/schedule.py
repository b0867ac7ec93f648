"""Quotas that grow and discounts that shrink by a formula, year by year. Pure."""

from fractions import Fraction


def quota(t: int, *, first: Fraction, step: Fraction, most: Fraction) -> Fraction:
    """min(most, first + step * t) in year t of the link."""
    return min(most, first + step * t)


def discount(t: int, *, first: Fraction, years: int) -> Fraction:
    """max(0, first * (1 - t / years)): none left after so many years."""
    return max(Fraction(0), first * (1 - Fraction(t, years)))


def factor(t: int, *, first: Fraction, years: int) -> Fraction:
    """What a unit counts for under the discount of year t."""
    return 1 - discount(t, first=first, years=years)
