"""Formulas as data: arithmetic on quantities, exact, with the units checked before any value is.

A formula is text such as `activity * ncv * factor * oxidation`. It knows + - * / and brackets,
numbers, `max` and `min`, and nothing else. Bound to the units of its parameters and of its result
it is a function on fractions; a formula whose units do not fit can not be bound, so that the same
check holds for the methods that come with Concord, for a template's and for a methodology's.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from mrv.quantities import QuantityError, Unit, unit

LONGEST = 2000
DEEPEST = 40
NOTHING = Unit(Fraction(1), ())
# Known in every formula: a tonne of carbon is so much carbon dioxide, by molar masses of 44 and 12
# (2006 IPCC Guidelines, volume 1, section 1.3; so all national guidelines).
CONSTANTS = {"co2_per_c": (Fraction(44, 12), "tCO2/tC")}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
CALLS = {"max": max, "min": min}


@dataclass(frozen=True)
class Bound:
    """A formula with units: `function` takes the values, in the order of `names`, each in its
    unit, and returns the result in `result_unit`."""

    text: str
    names: tuple[str, ...]
    units: tuple[str, ...]
    result_unit: str
    function: Callable

    def __call__(self, values) -> Fraction:
        """Raises: QuantityError (DIVISION_BY_ZERO)."""
        try:
            return self.function(values)
        except ZeroDivisionError as error:
            raise QuantityError("DIVISION_BY_ZERO", formula=self.text[:200]) from error


@cache
def names_of(text) -> tuple[str, ...]:
    """The parameters of a formula in the order in which they occur; constants are none.

    Raises: QuantityError (FORMULA_NOT_UNDERSTOOD).
    """
    found = {}
    for node in ast.walk(_tree(text)):
        if isinstance(node, ast.Name) and node.id not in CALLS and node.id not in CONSTANTS:
            place = (node.lineno, node.col_offset)
            found[node.id] = min(place, found.get(node.id, place))
    return tuple(sorted(found, key=found.get))


@cache
def bind(text, units: tuple[tuple[str, str], ...], result_unit) -> Bound:
    """A formula with the unit of each parameter, as (name, unit), and that of its result.

    Raises: QuantityError (FORMULA_NOT_UNDERSTOOD, PARAMETER_WITHOUT_UNIT, UNKNOWN_UNIT,
    UNIT_OF_ANOTHER_DIMENSION).
    """
    given = dict(units)
    names = names_of(text)
    for name in names:
        if name not in given:
            raise QuantityError("PARAMETER_WITHOUT_UNIT", parameter=name)
    places = {name: place for place, name in enumerate(names)}
    compute, dimensions = _compiled(_tree(text), places, {n: unit(given[n]) for n in names})
    wanted = unit(result_unit)
    if dimensions != wanted.dimensions:
        raise QuantityError("UNIT_OF_ANOTHER_DIMENSION", unit=text[:200], expected=result_unit)
    size = wanted.size

    def function(values):
        return Fraction(compute(values), size)

    return Bound(text, names, tuple(given[name] for name in names), result_unit, function)


@cache
def _tree(text):
    refused = QuantityError("FORMULA_NOT_UNDERSTOOD", formula=str(text)[:200])
    if type(text) is not str or len(text) > LONGEST:
        raise refused
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _require_known(tree, 0, refused)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise refused from error
    return tree


def _require_known(node, depth, refused):
    """Only what this module computes, and not endlessly deep."""
    if depth > DEEPEST:
        raise refused
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in SIGNS:
            inner = (left, right)
        case ast.UnaryOp(ast.USub(), operand):
            inner = (operand,)
        case ast.Call(ast.Name(name), args, []) if name in CALLS and len(args) >= 2:
            inner = args
        case ast.Constant(value) if type(value) is int and value <= 10**24:
            inner = ()
        # The digits as written, not the binary fraction that they would become.
        case ast.Constant(value) if isinstance(value, float) and value < 10**24:
            inner = ()
        case ast.Name(name) if name.islower() and name.isascii() and name not in CALLS:
            inner = ()
        case _:
            raise refused
    for each in inner:
        _require_known(each, depth + 1, refused)


def _compiled(node, places, units):
    """(function of the values in base units, dimensions) of a part of a formula."""
    match node:
        case ast.Name(name) if name in places:
            place, size = places[name], units[name].size
            return (lambda values: values[place] * size), units[name].dimensions
        case ast.Name(name):
            value, given = CONSTANTS[name]
            constant = value * unit(given).size
            return (lambda _values: constant), unit(given).dimensions
        case ast.Constant(value):
            number = Fraction(str(value))
            return (lambda _values: number), ()
        case ast.UnaryOp(_, operand):
            inner, dimensions = _compiled(operand, places, units)
            return (lambda values: -inner(values)), dimensions
        case ast.Call(ast.Name(name), args, _):
            return _call(CALLS[name], [_compiled(each, places, units) for each in args])
        case ast.BinOp(left, operator, right):
            sides = (_compiled(left, places, units), _compiled(right, places, units))
            return _joined(SIGNS[type(operator)], *sides)
    raise AssertionError(ast.dump(node))


def _call(choose, parts):
    _require_alike(*(dimensions for _function, dimensions in parts))
    functions = [function for function, _dimensions in parts]
    return (lambda values: choose(each(values) for each in functions)), parts[0][1]


def _joined(sign, left, right):
    (one, here), (other, there) = left, right
    if sign == "*":
        return (lambda values: one(values) * other(values)), _product(here, there, "times")
    if sign == "/":
        return (lambda values: Fraction(one(values), other(values))), _product(here, there, "over")
    _require_alike(here, there)
    if sign == "+":
        return (lambda values: one(values) + other(values)), here
    return (lambda values: one(values) - other(values)), here


def _product(here, there, how):
    return getattr(Unit(Fraction(1), here), how)(Unit(Fraction(1), there)).dimensions


def _require_alike(first, *others):
    for each in others:
        if each != first:
            raise QuantityError(
                "UNIT_OF_ANOTHER_DIMENSION", unit=_said(each), expected=_said(first)
            )


def _said(dimensions):
    return " ".join(f"{name}^{power}" for name, power in dimensions) or "1"
