"""What a project has earned in a period, with the derivation down to each value. Pure."""

from fractions import Fraction
from typing import NamedTuple

from mrv.emissions.derivation import Derivation, Input, derive
from mrv.emissions.formula import names_of
from mrv.emissions.rounding import DOWN

from .methodology import RESULT_UNIT, Methodology

# A part of a tonne is not credited, and nothing is owed for a period that falls short.
LAST = "max(earned, nothing)"
NOTHING = Input("nothing", Fraction(0), RESULT_UNIT, {"kind": "default", "source": "no debit"})


class Reckoning(NamedTuple):
    """Whole tonnes that are credited, and why."""

    tonnes: int
    derivation: Derivation


def reckon(methodology: Methodology, given: dict[str, Fraction]) -> Reckoning:
    """Derives the steps in their order; the last one is rounded down, and nothing below zero.

    `given` has the values of the project and of the period.   Raises: QuantityError
    (DIVISION_BY_ZERO).
    """
    known = {each.name: _input(each, given) for each in methodology.parameters}
    for step in methodology.steps:
        inputs = [known[name] for name in names_of(step.formula)]
        subject = {"step": step.name, "title": step.title}
        result = derive(step.formula, inputs, step.unit, subject=subject)
        known[step.name] = Input(step.name, result.result, step.unit, of=result)
    earned = Input("earned", result.result, RESULT_UNIT, of=result)
    derivation = derive(LAST, [earned, NOTHING], RESULT_UNIT, rounding=(DOWN, 0))
    return Reckoning(int(derivation.result), derivation)


def _input(parameter, given):
    value = given[parameter.name] if parameter.value is None else parameter.value
    origin = {
        "kind": "factor" if parameter.value is not None else "reported",
        "given": parameter.given,
        "title": parameter.title,
        "source": parameter.source,
    }
    return Input(parameter.name, value, parameter.unit, origin)
