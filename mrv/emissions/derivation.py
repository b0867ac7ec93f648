"""Why a figure is what it is: formula, inputs, where each comes from, rounding, result.

A derivation is a tree: an input may be a result itself. As a document it is JSON that `recomputed`
computes anew from its leaves, so that whoever reads a figure can check it without this node.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from mrv.quantities import QuantityError, number, written

from .formula import bind
from .rounding import rounded

# Adds its inputs, which are in the unit of the result.
SUM = "sum"


@dataclass(frozen=True)
class Input:
    """A value by the name that the formula gives it.

    `origin` says where it comes from: {"kind": "reported", …}, {"kind": "factor", "set", "version",
    "source", …}, {"kind": "default", …}; or it is the result of another derivation, `of`.
    """

    name: str
    value: Fraction
    unit: str
    origin: dict = field(default_factory=dict)
    of: "Derivation | None" = None

    def as_document(self) -> dict:
        document = {"name": self.name, "value": written(self.value), "unit": self.unit}
        if self.of is not None:
            return {**document, "of": self.of.as_document()}
        return {**document, "origin": self.origin}


@dataclass(frozen=True)
class Derivation:
    """`result` is rounded by `rounding`, (rule, places), where there is one."""

    formula: str
    inputs: tuple[Input, ...]
    result: Fraction
    unit: str
    rounding: tuple[str, int] | None = None
    subject: dict = field(default_factory=dict)

    def as_document(self) -> dict:
        """Plain values, numbers as text; it has a canonical form (RFC 8785)."""
        document = {
            "formula": self.formula,
            "inputs": [each.as_document() for each in self.inputs],
            "result": written(self.result),
            "unit": self.unit,
            "subject": self.subject,
        }
        if self.rounding is not None:
            document["rounding"] = {"rule": self.rounding[0], "places": self.rounding[1]}
        return document


def derive(formula, inputs, unit, *, rounding=None, subject=None) -> Derivation:
    """The result of a formula for inputs.   Raises: QuantityError."""
    result = _result(formula, [(each.name, each.unit, each.value) for each in inputs], unit)
    if rounding is not None:
        result = rounded(result, *rounding)
    return Derivation(formula, tuple(inputs), result, unit, rounding, subject or {})


def total(inputs, unit, *, rounding=None, subject=None) -> Derivation:
    """The sum of inputs, which are in the same unit."""
    return derive(SUM, inputs, unit, rounding=rounding, subject=subject)


def _result(formula, inputs, unit):
    if formula == SUM:
        if any(given != unit for _name, given, _value in inputs):
            raise QuantityError("UNIT_OF_ANOTHER_DIMENSION", unit=SUM, expected=unit)
        return sum((value for _name, _unit, value in inputs), Fraction(0))
    units = tuple((name, given) for name, given, _value in inputs)
    bound = bind(formula, units, unit)
    values = {name: value for name, _unit, value in inputs}
    return bound([values[name] for name in bound.names])


def recomputed(document) -> Fraction:
    """What the document's leaves give, by its formulas; equal to its `result` where it is true.

    Raises: QuantityError, KeyError for what is no derivation.
    """
    inputs = []
    for each in document["inputs"]:
        if "of" in each and each["of"]["unit"] != each["unit"]:
            raise QuantityError(
                "UNIT_OF_ANOTHER_DIMENSION", unit=each["of"]["unit"], expected=each["unit"]
            )
        value = recomputed(each["of"]) if "of" in each else number(each["value"])
        inputs.append((each["name"], each["unit"], value))
    result = _result(document["formula"], inputs, document["unit"])
    rule = document.get("rounding")
    return rounded(result, rule["rule"], rule["places"]) if rule else result


def leaves(document):
    """The inputs that are no results themselves, from the first to the last."""
    for each in document["inputs"]:
        if "of" in each:
            yield from leaves(each["of"])
        else:
            yield each
