"""What an installation emitted: each source stream by its formula, then their sum.

A stream whose values are of months is computed month by month, so that a calorific value belongs to
the fuel of its month; a value of the year holds for each of them. Pure: the values, the factors and
the global warming potentials come as inputs of derivations.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from mrv.sectors.template import Kind, Template

from .derivation import Derivation, Input, derive, total
from .uncertainty import of_product, of_sum

YEAR = 0
CO2E = "tCO2e"


@dataclass(frozen=True)
class Stream:
    """A source stream with its inputs by (parameter, month); month 0 is the year.

    `uncertainty` are per cent by parameter; what is not named is exact.
    """

    code: str
    kind: Kind
    inputs: dict[tuple[str, int], Input]
    uncertainty: dict[str, Fraction] = field(default_factory=dict)

    def months(self) -> list[int]:
        """The months that values are of, or the year alone."""
        return sorted({month for _name, month in self.inputs if month}) or [YEAR]

    def input(self, name, month) -> Input | None:
        return self.inputs.get((name, month)) or self.inputs.get((name, YEAR))


@dataclass(frozen=True)
class StreamFigure:
    """`emitted` in tonnes of the gas; `weighted` the same in tonnes of CO2 equivalent."""

    code: str
    gas: str
    emitted: Derivation
    weighted: Derivation
    uncertainty_pct: Fraction


@dataclass(frozen=True)
class Emissions:
    """`total` is rounded as the template says; `uncertainty_pct` is of the sum, if there is one."""

    figures: tuple[StreamFigure, ...]
    total: Derivation
    uncertainty_pct: Fraction | None


def of_installation(template: Template, streams, gwp: dict[str, Input]) -> Emissions:
    """The emissions of streams whose inputs are complete.   Raises: QuantityError, KeyError."""
    figures = tuple(of_stream(stream, gwp) for stream in streams)
    parts = [Input(each.code, each.weighted.result, CO2E, of=each.weighted) for each in figures]
    summed = total(parts, CO2E, rounding=template.rounding)
    uncertain = of_sum((each.weighted.result, each.uncertainty_pct) for each in figures)
    return Emissions(figures, summed, uncertain)


def of_stream(stream: Stream, gwp) -> StreamFigure:
    """The emissions of one stream.   Raises: QuantityError, KeyError."""
    kind = stream.kind
    parts = [_of_period(stream, month) for month in stream.months()]
    if len(parts) == 1:
        emitted = parts[0]
    else:
        named = zip(stream.months(), parts, strict=True)
        emitted = total(
            [Input(f"m{month:02}", part.result, kind.unit, of=part) for month, part in named],
            kind.unit,
            subject={"stream": stream.code},
        )
    if kind.sign < 0:
        leaving = Input("leaving", emitted.result, kind.unit, of=emitted)
        emitted = derive("-leaving", [leaving], kind.unit, subject={"stream": stream.code})
    tonnes = Input("tonnes", emitted.result, kind.unit, of=emitted)
    weighted = derive(
        "tonnes * gwp", [tonnes, gwp[kind.gas]], CO2E, subject={"stream": stream.code}
    )
    return StreamFigure(
        stream.code, kind.gas, emitted, weighted, of_product(stream.uncertainty.values())
    )


def _of_period(stream, month):
    inputs = [stream.input(name, month) for name in stream.kind.parameters]
    subject = {"stream": stream.code}
    if month:
        subject["month"] = str(month)
    return derive(stream.kind.formula, inputs, stream.kind.unit, subject=subject)
