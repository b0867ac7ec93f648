"""How figures are rounded: once, at the end, by a rule that has a name."""

from fractions import Fraction

HALF_UP = "half_up"
DOWN = "down"
UP = "up"
RULES = (HALF_UP, DOWN, UP)
MOST_PLACES = 9


def rounded(value: Fraction, rule: str, places: int = 0) -> Fraction:
    """A value to so many places after the point.

    `half_up` takes a half away from zero; `down` goes to the smaller number and `up` to the larger
    one, also below zero.
    """
    scaled = value * 10**places
    if rule == DOWN:
        whole = scaled.numerator // scaled.denominator
    elif rule == UP:
        whole = -(-scaled.numerator // scaled.denominator)
    elif rule == HALF_UP:
        size = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
        whole = size if value >= 0 else -size
    else:
        raise ValueError(f"no rule {rule}")
    return Fraction(whole, 10**places)
