"""What the Article 6.4 mechanism withholds at issuance (M 58, 59, 67, 69)."""

from dataclasses import dataclass
from fractions import Fraction

# For adaptation, forwarded to the Adaptation Fund (M 67(a)); for overall mitigation in global
# emissions, cancelled, at least (M 69(b)).
ADAPTATION = Fraction(5, 100)
OVERALL_MITIGATION = Fraction(2, 100)


@dataclass(frozen=True)
class Issued:
    """Whole units; the three parts sum to what was issued. `adjusted` are those that the host adds
    at issuance already: what is withheld, if the units are authorized (M 44, 71, 72)."""

    adaptation: int
    overall_mitigation: int
    rest: int
    adjusted: int


def withheld(
    issued: int,
    *,
    authorized: bool,
    exempt: bool = False,
    overall_mitigation: Fraction = OVERALL_MITIGATION,
) -> Issued:
    """How an issuance is divided. Parts of a unit are rounded up: both shares are minimums, and a
    unit is not divided; the decisions do not say it.

    `exempt` from the share of proceeds are activities in least developed countries and small island
    developing States, unless they choose otherwise (decision 6/CMA.6, paragraph 20).
    """
    adaptation = 0 if exempt else _up(issued * ADAPTATION)
    cancelled = min(issued - adaptation, _up(issued * overall_mitigation))
    adjusted = adaptation + cancelled if authorized else 0
    return Issued(adaptation, cancelled, issued - adaptation - cancelled, adjusted)


def _up(tonnes: Fraction) -> int:
    return -(-tonnes.numerator // tonnes.denominator)
