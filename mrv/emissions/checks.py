"""What a machine can see in the values of a report, before anybody looks at it.

An error keeps a report from being submitted; a warning goes with it to the verifier. Pure.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from mrv.quantities import QuantityError, converted, meant, written
from mrv.sectors.template import ACTIVITY

from .installation import YEAR

MONTHS = range(1, 13)


@dataclass(frozen=True)
class Finding:
    """A code (mrv/errors.py has its words), and where: the stream, the parameter and the month."""

    code: str
    stream: str
    data: dict = field(default_factory=dict)


def missing_values(stream) -> list[Finding]:
    """Parameters without a value, and those with one of the year beside some of months.

    Where any value is of a month, those of twelve months are needed; and of the activity they
    always are then, since it adds up.
    """
    by_month = stream.months() != [YEAR]
    found = []
    for name, parameter in stream.kind.parameters.items():
        of_year = (name, YEAR) in stream.inputs
        lacking = [month for month in MONTHS if (name, month) not in stream.inputs]
        summed = name == ACTIVITY and (by_month or parameter.monthly)
        if of_year and len(lacking) < len(MONTHS):
            found.append(Finding("VALUE_OF_YEAR_AND_MONTHS", stream.code, {"parameter": name}))
        elif lacking and (summed or not of_year):
            months = {"months": " ".join(map(str, lacking))} if by_month or summed else {}
            found.append(Finding("VALUE_MISSING", stream.code, {"parameter": name, **months}))
    return found


def wrong_values(stream) -> list[Finding]:
    """Values for nothing that the formula asks, in a unit of something else, or implausible."""
    return [
        found
        for (name, month), given in sorted(stream.inputs.items())
        for found in _wrong(stream, name, month, given)
    ]


def _wrong(stream, name, month, given):
    where = {"parameter": name, **({"month": str(month)} if month else {})}
    parameter = stream.kind.parameters.get(name)
    if parameter is None:
        yield Finding("UNKNOWN_PARAMETER_OF_STREAM", stream.code, where)
        return
    try:
        value = converted(given.value, given.unit, parameter.unit)
    except QuantityError as error:
        yield Finding(error.code, stream.code, {**where, **error.data})
        return
    if parameter.low <= value <= parameter.high:
        return
    data = {
        **where,
        "value": f"{written(given.value)} {given.unit}",
        "between": f"{written(parameter.low)} {written(parameter.high)} {parameter.unit}",
    }
    other = meant(value, parameter.unit, parameter.low, parameter.high) if value > 0 else None
    if other is not None and given.unit == parameter.unit:
        yield Finding("UNIT_LIKELY_WRONG", stream.code, {**data, "likely": other})
    else:
        yield Finding("VALUE_IMPLAUSIBLE", stream.code, data)


def open_balances(template, streams, figures) -> list[Finding]:
    """Mass balances from which more leaves than has entered."""
    kinds = {stream.code: stream.kind.code for stream in streams}
    found = []
    for balance in template.balances:
        sums = {}
        for side in (balance.entering, balance.leaving):
            sums[side] = sum(
                (abs(each.emitted.result) for each in figures if kinds[each.code] in side),
                Fraction(0),
            )
        entering, leaving = sums[balance.entering], sums[balance.leaving]
        if leaving > entering * (1 + Fraction(balance.tolerance_pct, 100)):
            data = {"entering": written(entering), "leaving": written(leaving)}
            found.append(Finding("BALANCE_OPEN", " ".join(balance.leaving), data))
    return found


def jumps(template, figures, before: dict[str, Fraction]) -> list[Finding]:
    """Streams whose tonnes differ from the year before by more than the template expects."""
    if template.jump_pct is None:
        return []
    return [
        Finding(
            "FIGURE_JUMPS",
            each.code,
            {"before": written(before[each.code]), "now": written(each.emitted.result)},
        )
        for each in figures
        if each.code in before
        and abs(each.emitted.result - before[each.code]) * 100
        > abs(before[each.code]) * template.jump_pct
    ]


def tier_missed(kind, tier, uncertainty) -> dict | None:
    """What a tier asks of the activity's uncertainty, where it is not met."""
    most = kind.tiers.get(tier)
    given = uncertainty.get(ACTIVITY)
    if most is None or (given is not None and given <= most):
        return None
    return {"tier": tier, "most": written(most)}
