"""Uncertainty by error propagation, in per cent at 95 % confidence.

2006 IPCC Guidelines, volume 1, chapter 3: equation 3.1 for products, equation 3.2 for sums. The
inputs are taken to be independent of each other.
"""

from fractions import Fraction
from math import isqrt

PLACES = 4


def of_product(parts) -> Fraction:
    """Of what is multiplied: the root of the sum of squares (equation 3.1)."""
    return root(sum((part * part for part in parts), Fraction(0)))


def of_sum(parts) -> Fraction | None:
    """Of what is added: (tonnes, per cent) each, weighted by tonnes (equation 3.2).

    None where the sum is zero: a share of nothing is not a number.
    """
    parts = list(parts)
    total = sum((tonnes for tonnes, _percent in parts), Fraction(0))
    if not total:
        return None
    squares = sum((tonnes * percent) ** 2 for tonnes, percent in parts)
    return root(Fraction(squares, total**2))


def root(square: Fraction) -> Fraction:
    """The square root, to PLACES places, rounded up: an uncertainty is never understated."""
    scale = 10**PLACES
    # The root of n / d is at most k / scale where k² · d >= n · scale².
    wanted = square.numerator * scale**2
    k = isqrt(wanted // square.denominator)
    while k * k * square.denominator < wanted:
        k += 1
    return Fraction(k, scale)
