"""Formulas: exact, equal to a slow reference, and refused before any value where units differ."""

import ast
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrv.emissions.formula import CONSTANTS, bind, names_of
from mrv.quantities import UNITS, QuantityError, converted

COMBUSTION = "activity * ncv * carbon * oxidation * co2_per_c"
COAL = (("activity", "t"), ("ncv", "GJ/t"), ("carbon", "tC/GJ"), ("oxidation", "pct"))


def fractions(low, high):
    return st.fractions(min_value=low, max_value=high, max_denominator=10**6)


@given(st.data())
def test_units_do_not_change_a_result(data):
    """The same coal in kilograms, kilojoules and per mille of a tonne emits the same."""
    values = [data.draw(fractions(0, top)) for top in (10**7, 40, 1, 100)]
    alike = {name: code for name, (code, _size) in UNITS.items()}
    other = []
    for (name, given_unit), value in zip(COAL, values, strict=True):
        above, _slash, below = given_unit.partition("/")
        same = sorted(code for code, dimension in alike.items() if dimension == alike[above])
        wanted = data.draw(st.sampled_from(same)) + (f"/{below}" if below else "")
        other.append((name, wanted, converted(value, given_unit, wanted)))
    plain = bind(COMBUSTION, COAL, "tCO2")(values)
    units = tuple((name, wanted) for name, wanted, _value in other)
    assert bind(COMBUSTION, units, "tCO2")([value for _n, _u, value in other]) == plain
    quantity, ncv, carbon, oxidation = values
    assert plain == quantity * ncv * carbon * oxidation / 100 * Fraction(44, 12)


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "c", "2", "0.25"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        inner.map(lambda text: f"(-{text})"),
    ),
    max_leaves=12,
)


def reference(node, values):
    """The formula, evaluated as the tree that it is."""
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp):
        return -reference(node.operand, values)
    if isinstance(node, ast.Call):
        both = [reference(each, values) for each in node.args]
        return (max if node.func.id == "max" else min)(both)
    left, right = reference(node.left, values), reference(node.right, values)
    signs = {ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__"}
    return getattr(left, signs[type(node.op)])(right)


@given(EXPRESSIONS, st.lists(fractions(-100, 100), min_size=3, max_size=3))
def test_formulas_are_what_they_say(text, numbers):
    """Without units, a formula is its arithmetic; a division by zero is told as one."""
    values = dict(zip("abc", numbers, strict=True))
    bound = bind(text, (("a", "1"), ("b", "1"), ("c", "1")), "1")
    given_values = [values[name] for name in bound.names]
    try:
        expected = reference(ast.parse(text, mode="eval").body, values)
    except ZeroDivisionError:
        with pytest.raises(QuantityError) as caught:
            bound(given_values)
        assert caught.value.code == "DIVISION_BY_ZERO"
        return
    assert bound(given_values) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "a +", "a ** b", "f(a)", "a.b", "a[0]", "max(a)", "'a'", "a if b else c", "A"),
        *("__import__('os')", "lambda: a", "a; b", "max", "1e400", "9" * 30, "(" * 200, "é"),
        "-" * 60 + "a",
    ],
    ids=lambda text: text[:20] or "empty",
)
def test_only_arithmetic_is_understood(text):
    """Nothing else that Python knows is a formula, and nothing is ever called."""
    with pytest.raises(QuantityError) as caught:
        names_of(text)
    assert caught.value.code == "FORMULA_NOT_UNDERSTOOD"


@pytest.mark.parametrize(
    ("text", "units", "result", "code"),
    [
        ("a + b", (("a", "t"), ("b", "GJ")), "t", "UNIT_OF_ANOTHER_DIMENSION"),
        ("max(a, b)", (("a", "t"), ("b", "tC")), "t", "UNIT_OF_ANOTHER_DIMENSION"),
        ("a * b", (("a", "t"), ("b", "GJ/t")), "tCO2", "UNIT_OF_ANOTHER_DIMENSION"),
        ("a * b", (("a", "t"),), "t", "PARAMETER_WITHOUT_UNIT"),
        ("a", (("a", "tonne"),), "t", "UNKNOWN_UNIT"),
        ("a", (("a", "t"),), "tonne", "UNKNOWN_UNIT"),
    ],
    ids=str,
)
def test_units_are_checked_before_values(text, units, result, code):
    """Sums of unlike things and results in other units can not be bound."""
    with pytest.raises(QuantityError) as caught:
        bind(text, units, result)
    assert caught.value.code == code


def test_parameters_come_in_the_order_of_the_text():
    """A constant is none of them."""
    assert names_of("b * (a - c) * co2_per_c + b") == ("b", "a", "c")
    assert CONSTANTS["co2_per_c"][0] == Fraction(11, 3)
