"""Methodologies are data: what is read, and everything that is wrong told at once."""

import copy
from datetime import date
from fractions import Fraction

import pytest

from mrv.projects import buffer, methodology, periods, values

DOCUMENT = {
    "project_types": ["building_efficiency"],
    "parameters": [
        {
            "name": "standard",
            "title": "Standard emissions",
            "unit": "kgCO2e/m2",
            "given": "methodology",
            "value": "60.5",
            "source": "an example",
        },
        {
            "name": "area",
            "title": "Floor area",
            "unit": "m2",
            "given": "project",
            "least": "1",
            "most": "1000000",
        },
        {"name": "metered", "title": "Metered emissions", "unit": "tCO2e", "given": "period"},
    ],
    "steps": [
        {
            "name": "allowed",
            "title": "Standard emissions of the building",
            "unit": "tCO2e",
            "formula": "standard * area",
        },
        {
            "name": "reduction",
            "title": "Reduction",
            "unit": "tCO2e",
            "formula": "allowed - metered",
        },
    ],
    "crediting_years": 5,
    "buffer_share": "0.2",
    "mitigation_type": "reduction",
    "sector": "buildings",
}


def changed(path, value):
    document = copy.deepcopy(DOCUMENT)
    place = document
    *way, last = path
    for step in way:
        place = place[step]
    place[last] = value
    return document


def test_methodology_is_read():
    """Its parameters by who gives them, its steps in order, its share as an exact number."""
    read, findings = methodology.read(DOCUMENT)
    assert findings == []
    assert [each.name for each in read.given_by("project")] == ["area"]
    assert [each.name for each in read.given_by("period")] == ["metered"]
    assert (read.parameters[0].value, read.buffer_share) == (Fraction("60.5"), Fraction(1, 5))


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        (("crediting_years",), 0, "METHODOLOGY_FIELD_WRONG", "/crediting_years"),
        (("crediting_years",), "5", "METHODOLOGY_FIELD_WRONG", "/crediting_years"),
        (("buffer_share",), "1", "METHODOLOGY_FIELD_WRONG", "/buffer_share"),
        (("buffer_share",), 0.2, "METHODOLOGY_FIELD_WRONG", "/buffer_share"),
        (("mitigation_type",), "magic", "METHODOLOGY_FIELD_WRONG", "/mitigation_type"),
        (("project_types",), [], "METHODOLOGY_FIELD_WRONG", "/project_types"),
        (("unheard_of",), "1", "METHODOLOGY_FIELD_WRONG", "/unheard_of"),
        (("parameters", 1, "given"), "nobody", "METHODOLOGY_FIELD_WRONG", "/parameters/1/given"),
        (("parameters", 1, "value"), "5", "METHODOLOGY_FIELD_WRONG", "/parameters/1/value"),
        (("parameters", 0, "source"), "", "METHODOLOGY_FIELD_WRONG", "/parameters/0/source"),
        (("parameters", 2, "name"), "area", "METHODOLOGY_FIELD_WRONG", "/parameters/2/name"),
        (("steps", 1, "unit"), "kg", "METHODOLOGY_FIELD_WRONG", "/steps/1/unit"),
        (("steps", 0, "formula"), "open('x')", "FORMULA_NOT_UNDERSTOOD", "/steps/0/formula"),
        (("steps", 0, "formula"), "standard", "UNIT_OF_ANOTHER_DIMENSION", "/steps/0/formula"),
        (("parameters", 1, "unit"), "acre", "UNKNOWN_UNIT", "/steps/0/formula"),
        (("steps", 0, "formula"), "height", "FORMULA_NAME_UNKNOWN", "/steps/0/formula"),
        (("steps", 0, "formula"), "reduction", "FORMULA_NAME_UNKNOWN", "/steps/0/formula"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_where(path, value, code, where):
    """By a code and a pointer; nothing is read of a methodology that has a mistake."""
    read, findings = methodology.read(changed(path, value))
    assert read is None
    assert (code, where) in [each[:2] for each in findings]


@pytest.mark.parametrize("document", [None, [], {}, {"parameters": [None], "steps": "x"}], ids=str)
def test_anything_is_no_methodology(document):
    """Without an exception, whatever is given."""
    read, findings = methodology.read(document)
    assert read is None
    assert findings


def test_values_are_read_with_everything_that_is_wrong():
    """One that is missing, one that nobody asks, one that is no number, one beyond its bounds."""
    read, _findings = methodology.read(DOCUMENT)
    given = {"area": "2000000", "metred": "5"}
    _values, findings = values.read(read.parameters[1:], given)
    assert [each[:2] for each in findings] == [
        ("PARAMETER_NOT_ASKED", "/metred"),
        ("PARAMETER_IMPLAUSIBLE", "/area"),
        ("PARAMETER_MISSING", "/metered"),
    ]
    assert values.read(read.given_by("project"), {"area": "12.5"}) == (
        {"area": Fraction(25, 2)},
        [],
    )
    _values, findings = values.read(read.given_by("project"), {"area": 12})
    assert [each.code for each in findings] == ["NUMBER_NOT_EXACT"]


def test_crediting_period_ends_on_the_same_day():
    """Also when it begins on a leap day; and a period is named by its years."""
    assert periods.years_later(date(2024, 2, 29), 5) == date(2029, 3, 1)
    assert periods.years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert periods.label(date(2025, 1, 1), date(2026, 1, 1)) == "2025"
    assert periods.label(date(2025, 4, 1), date(2026, 4, 1)) == "2025-2026"


def test_buffer_takes_a_rounded_up_share_and_covers_first():
    """A share of a tonne is a tonne; what the buffer does not hold is owed."""
    assert buffer.withheld(101, Fraction(1, 10)) == 11
    assert buffer.withheld(100, Fraction(0)) == 0
    assert buffer.cover(30, in_buffer=11) == (11, 19)
    assert buffer.cover(5, in_buffer=11) == (5, 0)
