"""From allowances surrendered across a link to ITMOs: the net of one period.

No decision says how linked emissions trading systems are accounted for. The net of what was
surrendered abroad becomes ITMOs, because a unit that was only transferred has been used by nobody;
the period is that for which it was surrendered. Blocks on both sides are kept as the units that
underlie them. Periods, vintages and approaches are never netted against each other.
"""

from dataclasses import dataclass
from fractions import Fraction

from .refusal import Refused


@dataclass(frozen=True)
class Net:
    """ITMOs of one period between two Parties: what `host` adds, what `user` subtracts, and what
    the user cancels because it counts for less than a tonne each. Without Parties all is zero."""

    host: str | None
    user: str | None
    first_transferred: int
    used: int
    cancelled: int


def net(
    parties: tuple[str, str],
    surrendered: tuple[int, int],
    factors: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1)),
) -> Net:
    """The net of a compliance period between two Parties.

    `surrendered` are tonnes of origin: of the first Party's allowances in the second's system, and
    the reverse. `factors` are how many tonnes one of each counts for there.

    Raises: Refused (NET_INCREASE) for a factor above 1: more would be subtracted than is added
    (G 7, 17).
    """
    for factor in factors:
        if factor > 1:
            raise Refused("NET_INCREASE", factor=f"{factor.numerator}/{factor.denominator}")
    difference = surrendered[0] - surrendered[1]
    if difference == 0:
        return Net(None, None, 0, 0, 0)
    host, user = parties if difference > 0 else parties[::-1]
    factor = factors[0] if difference > 0 else factors[1]
    tonnes = abs(difference)
    used = tonnes * factor.numerator // factor.denominator
    return Net(host, user, tonnes, used, tonnes - used)
