"""The rows of the structured summary that the ledger gives, year by year (G 23; CTF 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .adjustments import Method, Year


@dataclass(frozen=True)
class Flows:
    """Tonnes by calendar year.

    `first_transferred` by the year of the act, without those that are `authorized_otherwise`: for
    other international mitigation purposes or other purposes, whatever their trigger was. An ITMO
    is in one of the two, so that their sum counts nothing twice; G 23(c) and (d) do not say so.
    `used` by the year that they were used for.
    """

    first_transferred: Mapping[int, int]
    authorized_otherwise: Mapping[int, int]
    used: Mapping[int, int]


@dataclass(frozen=True)
class Row:
    """One year: the letters are those of the items of G 23. `k` is None without an inventory."""

    year: int
    c: int
    d: int
    e: int
    f: int
    g: Fraction
    h: int
    k: Fraction | None
    average: Fraction | None


def rows(years: list[Year], flows: Flows, method: Method) -> list[Row]:
    """The structured summary over the years that adjustments.years gave.

    Rows 6 to 13 of CTF 4: c, d and e are dated by the act and by the year of use, g by the vintage
    where the method is not that of averages. So f and g differ in single years, and agree over the
    period once all is recorded.
    """
    made, cumulative = [], 0
    for each in years:
        c = flows.first_transferred.get(each.year, 0)
        d = flows.authorized_otherwise.get(each.year, 0)
        e = flows.used.get(each.year, 0)
        net = c + d - e
        cumulative += net
        average = each.average if method == Method.AVERAGE else None
        made.append(
            Row(each.year, c, d, e, net, each.adjustment, cumulative, each.balance, average)
        )
    return made
