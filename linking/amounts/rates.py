"""Whether a rate of exchange does what it is meant to, given prices without a link. Pure."""

from fractions import Fraction


def classify(factor: Fraction, *, source_price: Fraction, acceptor_price: Fraction) -> str:
    """`effective`, `neutral`, `overstated` or `reversed`.

    Prices are those without a link, in one currency. Between their ratio and 1 the rate lets
    units flow and lowers emissions; below the ratio the flow reverses; above 1 emissions rise.
    """
    if factor > 1:
        return "reversed"
    ratio = Fraction(source_price, acceptor_price)
    if factor == ratio:
        return "neutral"
    return "effective" if factor > ratio else "overstated"
