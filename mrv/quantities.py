"""Exact quantities with units: what meters, factors and formulas speak in.

Numbers are fractions and are written as decimal text or as `n/d`; a binary fraction is not the
number that somebody reported. A unit is a product of the units of UNITS: `GJ/t`, `tCO2/TJ`,
`tCO2e/tCH4`. Tonnes of matter, of carbon and of each gas are different dimensions, so that no
factor is applied to what it is not for.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,18})?")
RATIO = re.compile(r"(-?[0-9]{1,24})/([0-9]{1,24})")
KINDS_OF_MATTER = ("CO2", "CO2e", "C", "CH4", "N2O", "CF4", "C2F6", "SF6")

# Code of a unit: (dimension, how much of the dimension's own unit it is).
UNITS = {
    "1": ("", Fraction(1)),
    "pct": ("", Fraction(1, 100)),
    "g": ("mass", Fraction(1, 10**6)),
    "kg": ("mass", Fraction(1, 1000)),
    "t": ("mass", Fraction(1)),
    "kt": ("mass", Fraction(1000)),
    "Gg": ("mass", Fraction(1000)),
    "Mt": ("mass", Fraction(10**6)),
    "kJ": ("energy", Fraction(1, 10**6)),
    "MJ": ("energy", Fraction(1, 1000)),
    "GJ": ("energy", Fraction(1)),
    "TJ": ("energy", Fraction(1000)),
    "kWh": ("energy", Fraction(36, 10**4)),
    "MWh": ("energy", Fraction(36, 10)),
    "GWh": ("energy", Fraction(3600)),
    # Tonnes of coal equivalent: GB/T 2589-2020, 29 307.6 kJ/kg; of oil equivalent: IEA, 41.868 GJ.
    "tce": ("energy", Fraction(293076, 10**4)),
    "toe": ("energy", Fraction(41868, 1000)),
    # The calorie of the International Steam Table.
    "kcal": ("energy", Fraction(41868, 10**10)),
    "L": ("volume", Fraction(1, 1000)),
    "kL": ("volume", Fraction(1)),
    "m3": ("volume", Fraction(1)),
    # Gas at 0 °C and 101.325 kPa; kNm3 and 10^4 Nm3 are how Chinese and other forms count it.
    "Nm3": ("gas", Fraction(1, 1000)),
    "kNm3": ("gas", Fraction(1)),
    "10kNm3": ("gas", Fraction(10)),
    "m2": ("area", Fraction(1)),
    **{f"t{kind}": (kind, Fraction(1)) for kind in KINDS_OF_MATTER},
    **{f"kg{kind}": (kind, Fraction(1, 1000)) for kind in KINDS_OF_MATTER},
    **{f"g{kind}": (kind, Fraction(1, 10**6)) for kind in KINDS_OF_MATTER},
}


class QuantityError(ValueError):
    """What is wrong with a quantity, as a code (mrv/errors.py has its words) and data."""

    def __init__(self, code, **data):
        self.code, self.data = code, data
        super().__init__(f"{code} {data}")


@dataclass(frozen=True)
class Unit:
    """A product of units: how much of the dimensions' own units one of it is.

    `dimensions` are (name, exponent) in alphabetical order, without those that cancel out.
    """

    size: Fraction
    dimensions: tuple[tuple[str, int], ...]

    def times(self, other) -> "Unit":
        return Unit(self.size * other.size, _merged(self.dimensions, other.dimensions, 1))

    def over(self, other) -> "Unit":
        return Unit(Fraction(self.size, other.size), _merged(self.dimensions, other.dimensions, -1))


def _merged(left, right, sign):
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + sign * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


@cache
def unit(text) -> Unit:
    """A unit as it is written: `t`, `GJ/t`, `tCO2/MWh`.   Raises: QuantityError (UNKNOWN_UNIT)."""
    above, *below = text.split("/")
    made = _single(above, text)
    for part in below:
        made = made.over(_single(part, text))
    return made


def _single(code, text):
    if code not in UNITS:
        raise QuantityError("UNKNOWN_UNIT", unit=text[:40])
    dimension, size = UNITS[code]
    return Unit(size, ((dimension, 1),) if dimension else ())


def number(text) -> Fraction:
    """A number as it is written: `12`, `-0.5`, `44/12`.

    Raises: QuantityError (NUMBER_NOT_EXACT).
    """
    if type(text) is str:
        if NUMBER.fullmatch(text):
            return Fraction(text)
        ratio = RATIO.fullmatch(text)
        if ratio and int(ratio[2]):
            return Fraction(int(ratio[1]), int(ratio[2]))
    raise QuantityError("NUMBER_NOT_EXACT", value=str(text)[:60])


def written(value: Fraction) -> str:
    """The text that `number` reads as this value: decimal where that is exact, else `n/d`."""
    below = value.denominator
    twos = fives = 0
    while below % 2 == 0:
        below, twos = below // 2, twos + 1
    while below % 5 == 0:
        below, fives = below // 5, fives + 1
    places = max(twos, fives)
    if below != 1 or places > 18:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    if not places:
        return f"{sign}{digits}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def converted(value: Fraction, given: str, wanted: str) -> Fraction:
    """A value in another unit of the same dimension.

    Raises: QuantityError (UNKNOWN_UNIT, UNIT_OF_ANOTHER_DIMENSION).
    """
    here, there = unit(given), unit(wanted)
    if here.dimensions != there.dimensions:
        raise QuantityError("UNIT_OF_ANOTHER_DIMENSION", unit=given, expected=wanted)
    return Fraction(value * here.size, there.size)


def meant(value: Fraction, given: str, low: Fraction, high: Fraction) -> str | None:
    """In which other unit of its numerator's dimension a value would lie between two bounds, which
    are in the unit that was given: `kJ` was written where the figure is in GJ, or the reverse.

    None where it lies there as it is, or in no unit.
    """
    if low <= value <= high:
        return None
    above, *below = given.split("/")
    dimension, size = UNITS[above]
    for code, (other, other_size) in UNITS.items():
        if (
            other == dimension
            and code != above
            and low <= Fraction(value * other_size, size) <= high
        ):
            return "/".join((code, *below))
    return None
