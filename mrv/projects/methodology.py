"""A methodology as data: what is asked, the steps of its arithmetic, and its rules. Pure.

docs/projects.md lists the fields. A document is read whole: all that is wrong with it is told.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from mrv.emissions.formula import bind, names_of
from mrv.quantities import QuantityError, number

from .findings import Finding

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")

# Who gives a value: the methodology itself, the project once, or each monitoring report.
GIVEN = ("methodology", "project", "period")
MITIGATION_TYPES = ("reduction", "removal")
FIELDS = {
    *("project_types", "parameters", "steps", "crediting_years", "buffer_share"),
    *("mitigation_type", "sector", "sources"),
}
PARAMETER_FIELDS = {"name", "title", "unit", "given", "value", "least", "most", "source"}
STEP_FIELDS = {"name", "title", "unit", "formula"}
RESULT_UNIT = "tCO2e"
LONGEST_TEXT = 1000
LONGEST_CODE = 40
MOST_ITEMS = 100
LONGEST_CREDITING = 100


@dataclass(frozen=True)
class Parameter:
    """A value that the arithmetic needs, who gives it, and what it lies between."""

    name: str
    title: str
    unit: str
    given: str
    value: Fraction | None
    least: Fraction | None
    most: Fraction | None
    source: str


@dataclass(frozen=True)
class Step:
    """One named result; later steps can use it. The last one is what the project has earned."""

    name: str
    title: str
    unit: str
    formula: str


@dataclass(frozen=True)
class Methodology:
    project_types: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    crediting_years: int
    buffer_share: Fraction
    mitigation_type: str
    sector: str

    def given_by(self, whom) -> list[Parameter]:
        """The parameters whose values come from there."""
        return [each for each in self.parameters if each.given == whom]


class Reader:
    """Takes fields out of a document and keeps what is wrong with them."""

    def __init__(self):
        self.findings = []

    def wrong(self, where, code="METHODOLOGY_FIELD_WRONG", **data):
        self.findings.append(Finding(code, where, data))

    def strangers(self, given, known, where):
        for name in sorted(map(str, given.keys() - known)):
            self.wrong(f"{where}/{name[:60]}")

    def text(self, given, name, where, *, required=True):
        value = given.get(name, "")
        if type(value) is not str or len(value) > LONGEST_TEXT or (required and not value):
            self.wrong(f"{where}/{name}")
            return ""
        return value

    def word(self, given, name, where, words):
        value = given.get(name)
        if value not in words:
            self.wrong(f"{where}/{name}")
        return value

    def number(self, given, name, where, *, required=False):
        if name not in given and not required:
            return None
        try:
            return number(given.get(name))
        except QuantityError:
            self.wrong(f"{where}/{name}")
            return None

    def objects(self, given, name):
        items = given.get(name)
        if type(items) is not list or not 1 <= len(items) <= MOST_ITEMS:
            self.wrong(f"/{name}")
            return
        for place, item in enumerate(items):
            if type(item) is dict:
                yield f"/{name}/{place}", item
            else:
                self.wrong(f"/{name}/{place}")

    def texts(self, given, name, longest):
        items = given.get(name)
        is_list = type(items) is list and 1 <= len(items) <= MOST_ITEMS
        if not is_list or not all(type(each) is str and 0 < len(each) <= longest for each in items):
            self.wrong(f"/{name}")
            return ()
        return tuple(items)


def read(document) -> tuple[Methodology | None, list[Finding]]:
    """The methodology that a document says, or None; and all that is wrong with it."""
    reader = Reader()
    if type(document) is not dict:
        reader.wrong("")
        return None, reader.findings
    reader.strangers(document, FIELDS, "")
    parameters = tuple(_parameter(reader, *item) for item in reader.objects(document, "parameters"))
    steps = tuple(_step(reader, *item) for item in reader.objects(document, "steps"))
    _require_known_names(reader, parameters, steps)
    years = document.get("crediting_years")
    if type(years) is not int or not 1 <= years <= LONGEST_CREDITING:
        reader.wrong("/crediting_years")
    share = reader.number(document, "buffer_share", "", required=True)
    if share is not None and not 0 <= share < 1:
        reader.wrong("/buffer_share")
    if "sources" in document:
        reader.texts(document, "sources", LONGEST_TEXT)
    read = Methodology(
        reader.texts(document, "project_types", LONGEST_CODE),
        parameters,
        steps,
        years,
        share,
        reader.word(document, "mitigation_type", "", MITIGATION_TYPES),
        reader.text(document, "sector", "", required=False)[:100],
    )
    return (None if reader.findings else read), reader.findings


def _parameter(reader, where, given):
    reader.strangers(given, PARAMETER_FIELDS, where)
    of_methodology = given.get("given") == "methodology"
    if ("value" in given) != of_methodology:
        reader.wrong(f"{where}/value")
    return Parameter(
        _name(reader, given, where),
        reader.text(given, "title", where),
        reader.text(given, "unit", where),
        reader.word(given, "given", where, GIVEN),
        reader.number(given, "value", where),
        reader.number(given, "least", where),
        reader.number(given, "most", where),
        reader.text(given, "source", where, required=of_methodology),
    )


def _step(reader, where, given):
    reader.strangers(given, STEP_FIELDS, where)
    return Step(
        _name(reader, given, where),
        reader.text(given, "title", where),
        reader.text(given, "unit", where),
        reader.text(given, "formula", where),
    )


def _name(reader, given, where):
    name = given.get("name")
    if type(name) is str and NAME.fullmatch(name):
        return name
    reader.wrong(f"{where}/name")
    return ""


def _require_known_names(reader, parameters, steps):
    """Each name stands for one thing; a step uses only what comes before it, and its units fit."""
    known = {}
    for place, each in enumerate(parameters):
        if each.name in known:
            reader.wrong(f"/parameters/{place}/name")
        known[each.name] = each.unit
    for place, step in enumerate(steps):
        where = f"/steps/{place}"
        try:
            names = names_of(step.formula)
            unknown = sorted(set(names) - known.keys())
            for name in unknown:
                reader.wrong(f"{where}/formula", "FORMULA_NAME_UNKNOWN", name=name)
            if not unknown:
                bind(step.formula, tuple((name, known[name]) for name in names), step.unit)
        except QuantityError as error:
            reader.wrong(f"{where}/formula", error.code, **error.data)
        if step.name in known:
            reader.wrong(f"{where}/name")
        known[step.name] = step.unit
    if steps and steps[-1].unit != RESULT_UNIT:
        reader.wrong(f"/steps/{len(steps) - 1}/unit")
