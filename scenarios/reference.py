"""The reference data: read whole, checked row by row and against each other, or refused whole.

Nothing here touches the database; `load_reference` writes what this module returns.
"""

from dataclasses import dataclass, fields
from pathlib import Path

from . import reference_tables as files
from .broken import Broken, gettext_noop
from .tables import BrokenFiles, Problem, Row, read_table
from .vintages import Convention, check_forms

DIRECTORY = Path(__file__).parent / "reference"
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class Reference:
    """All reference rows, by table. Every reference between them holds."""

    sources: Rows
    jurisdictions: Rows
    schemes: Rows
    registries: Rows
    rules: Rows
    account_classes: Rows
    unit_types: Rows
    aliases: Rows
    uses: Rows
    conversions: Rows
    periods: Rows
    calendar: Rows
    facts: Rows

    def by_code(self, table):
        """The rows of a table by their code."""
        return {row["code"]: row for row in getattr(self, table)}

    def convention(self, unit_type):
        """How the vintage labels of a unit type are read."""
        row = self.by_code("unit_types")[unit_type]
        scheme = self.by_code("registries")[row["registry"]]["scheme"]
        periods = {
            period["code"]: (period["starts_on"], period["ends_before"])
            for period in self.periods
            if period["scheme"] == scheme
        }
        return Convention(unit_type, row["vintage_rule"], row["label_forms"], periods)

    def jurisdiction_of(self, subject):
        """The code of the jurisdiction that a fact's subject belongs to."""
        table, code = subject.split(":", 1)
        if table == "unit_type":
            table, code = "registry", self.by_code("unit_types")[code]["registry"]
        if table == "registry":
            table, code = "scheme", self.by_code("registries")[code]["scheme"]
        if table == "scheme":
            code = self.by_code("schemes")[code]["jurisdiction"]
        return code

    def fact(self, subject, topic, param, valid_from):
        """The row of a fact, or None."""
        key = (subject, topic, param, valid_from)
        for row in self.facts:
            if tuple(row[name] for name in files.FACT_KEY) == key:
                return row
        return None


def read_reference(directory=DIRECTORY):
    """All reference data.

    Raises: BrokenFiles
    """
    problems = []
    tables = {
        "sources": files.SOURCES,
        "jurisdictions": files.JURISDICTIONS,
        "schemes": files.SCHEMES,
        "registries": files.REGISTRIES,
        "rules": files.REGISTRY_RULES,
        "account_classes": files.ACCOUNT_CLASSES,
        "unit_types": files.UNIT_TYPES,
        "aliases": files.ALIASES,
        "uses": files.USES,
        "conversions": files.CONVERSIONS,
        "periods": files.PERIODS,
        "calendar": files.CALENDAR,
    }
    rows = {name: tuple(read_table(directory, table, problems)) for name, table in tables.items()}
    rows["facts"] = tuple(
        row for table in files.FACTS for row in read_table(directory, table, problems)
    )
    reference = Reference(**rows)
    # A row that could not be read is missing from its table: what refers to it would be told as
    # well, and bury what is really wrong.
    torn = {problem.file for problem in problems}
    whole = {name for name, table in tables.items() if table.file not in torn}
    problems += [
        Problem(row.file, row.line, column, broken)
        for row, column, broken in _disagreements(reference, whole)
    ]
    if problems:
        raise BrokenFiles(problems)
    return reference


def _disagreements(reference, whole):
    """(row, column, what is wrong) wherever rows that can be read do not fit together.

    References are followed into the tables that are `whole`.
    """
    yield from _unknown_codes(reference, whole)
    for field in fields(Reference):
        for row in getattr(reference, field.name):
            yield from _unofficial_without_name(row)
            yield from _empty_interval(row)
    for row in reference.jurisdictions:
        yield from _parent_and_level(row)
    for row in reference.unit_types:
        for broken in check_forms(row["vintage_rule"], row["label_forms"]):
            yield row, "label_forms", broken
        if row["tonnes_per_unit"] <= 0:
            yield row, "tonnes_per_unit", _not_positive()
    for row in reference.conversions:
        if row["ratio"] <= 0:
            yield row, "ratio", _not_positive()
    yield from _circles(reference.jurisdictions, "code", "parent")
    yield from _circles(reference.conversions, "from_unit_type", "to_unit_type")
    yield from _aliases_that_are_codes(reference)
    yield from _facts(reference, whole)


# Which table a column's codes stand in.
REFERENCES = {
    "sources": "sources",
    "parent": "jurisdictions",
    "jurisdiction": "jurisdictions",
    "scheme": "schemes",
    "registry": "registries",
    "unit_type": "unit_types",
    "via_unit_type": "unit_types",
    "from_unit_type": "unit_types",
    "to_unit_type": "unit_types",
}


def _unknown_codes(reference, whole):
    known = {name: set(reference.by_code(name)) for name in set(REFERENCES.values()) & whole}
    for field in fields(Reference):
        for row in getattr(reference, field.name):
            for column, table in REFERENCES.items():
                codes = row.values.get(column) or ()
                for code in codes if isinstance(codes, tuple) else (codes,):
                    if table in known and code not in known[table]:
                        yield row, column, unknown_code(code, table)


def unknown_code(code, table):
    """A code that its table does not have."""
    return Broken(
        "CODE_UNKNOWN",
        gettext_noop("“%(code)s” is not in %(table)s.csv."),
        gettext_noop("Correct the code, or add its row there."),
        code=code,
        table=table,
    )


def _unofficial_without_name(row):
    for language in row.values.get("names_unofficial") or ():
        if row[f"name_{language}"] is None:
            yield (
                row,
                "names_unofficial",
                Broken(
                    "NAME_MISSING",
                    gettext_noop("There is no name in %(language)s to be unofficial."),
                    gettext_noop("Name it in %(language)s, or take the language off the list."),
                    language=language,
                ),
            )


INTERVALS = (
    ("starts_on", "ends_before"),
    ("valid_from", "valid_to"),
    ("earliest_date", "latest_date"),
)


def _empty_interval(row):
    for start, end in INTERVALS:
        first, last = row.values.get(start), row.values.get(end)
        if first is None or last is None:
            continue
        # Both days of an event count; the end of a period is the first day after it.
        if last < first or (last == first and start != "earliest_date"):
            yield (
                row,
                end,
                Broken(
                    "INTERVAL_EMPTY",
                    gettext_noop("%(last)s does not come after %(first)s."),
                    gettext_noop("Give the first day that is no longer in the interval."),
                    first=first,
                    last=last,
                ),
            )


def _parent_and_level(row):
    if (row["level"] == "subnational") != (row["parent"] is not None):
        yield (
            row,
            "parent",
            Broken(
                "PARENT_WRONG",
                gettext_noop("A subnational jurisdiction has a parent, and no other has one."),
                gettext_noop("Correct the level or the parent."),
            ),
        )


def _circles(rows, column, next_column):
    """Rows from which following a column leads back to themselves."""
    following = {row[column]: row[next_column] for row in rows}
    for row in rows:
        code, passed = row[next_column], set()
        while code is not None and code not in passed and code != row[column]:
            passed.add(code)
            code = following.get(code)
        if code == row[column]:
            yield (
                row,
                next_column,
                Broken(
                    "ROW_REFERS_TO_ITSELF",
                    gettext_noop("“%(code)s” leads back to itself."),
                    gettext_noop("Name another code."),
                    code=code,
                ),
            )


def _aliases_that_are_codes(reference):
    codes = reference.by_code("unit_types")
    for row in reference.aliases:
        if row["alias"] in codes:
            yield (
                row,
                "alias",
                Broken(
                    "ALIAS_IS_A_CODE",
                    gettext_noop("“%(alias)s” is the code of a unit type."),
                    gettext_noop("Remove the alias, or rename the unit type."),
                    alias=row["alias"],
                ),
            )


SUBJECTS = {
    "jurisdiction": "jurisdictions",
    "scheme": "schemes",
    "registry": "registries",
    "unit_type": "unit_types",
}


def _facts(reference, whole):
    subjects = {
        f"{kind}:{code}" for kind, table in SUBJECTS.items() for code in reference.by_code(table)
    }
    seen = {}
    for row in reference.facts:
        if row["subject"] not in subjects and whole.issuperset(SUBJECTS.values()):
            yield (
                row,
                "subject",
                Broken(
                    "SUBJECT_UNKNOWN",
                    gettext_noop("“%(subject)s” is no subject of these files."),
                    gettext_noop(
                        "Write jurisdiction:, scheme:, registry: or unit_type: and its code."
                    ),
                    subject=row["subject"],
                ),
            )
        first = seen.setdefault(tuple(row[name] for name in files.FACT_KEY), row)
        if first is not row and first.file != row.file:
            yield (
                row,
                "param",
                Broken(
                    "FACT_REPEATED",
                    gettext_noop("The same fact is in %(file)s, line %(line)s."),
                    gettext_noop("Keep one of the two rows."),
                    file=first.file,
                    line=first.line,
                ),
            )
        yield from _value_of_its_type(row, reference, whole)


def _value_of_its_type(row, reference, whole):
    if (row["value_type"] == "unknown") != (row["confidence"] == "unknown"):
        yield (
            row,
            "confidence",
            Broken(
                "FACT_UNKNOWN_HALF",
                gettext_noop("Value type and confidence must both be “unknown”, or neither."),
                gettext_noop("Correct one of them."),
            ),
        )
    # An empty list is a statement too: no unit type is accepted.
    if row["value"] is None and row["value_type"] not in ("unknown", "unit_types"):
        yield (
            row,
            "value",
            Broken("CELL_EMPTY", gettext_noop("The cell is empty."), gettext_noop("Give a value.")),
        )
    if row["value"] is None:
        return
    if row["value_type"] == "unknown":
        yield (
            row,
            "value",
            Broken(
                "FACT_UNKNOWN_HALF",
                gettext_noop("An unknown fact has a value."),
                gettext_noop("Remove the value, or give its type and confidence."),
            ),
        )
        return
    try:
        value = files.VALUE_READERS[row["value_type"]](row["value"])
    except Broken as broken:
        yield row, "value", broken
        return
    if row["value_type"] == "unit_types" and "unit_types" in whole:
        for code in value:
            if code not in reference.by_code("unit_types"):
                yield row, "value", unknown_code(code, "unit_types")


def _not_positive():
    return Broken(
        "NUMBER_NOT_POSITIVE",
        gettext_noop("The number must be above zero."),
        gettext_noop("Write it like 1 or 1/3."),
    )
