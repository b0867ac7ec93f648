"""A scenario's own files: its operators and the script of its year, read strictly.

A quantity either ties to a fact of the reference data, and then equals it, or says in words why
it was assumed. Nothing here touches the database.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import cells
from .broken import Broken, gettext_noop
from .reference import Rows
from .reference_tables import CONFIDENCE, optional
from .tables import Column, Problem, Table, read_table

ROOT = Path(__file__).parent
STEPS = (
    "issue",
    "allocate",
    "auction",
    "trade",
    "transfer",
    "convert",
    "surrender",
    "cancel",
    "freeze",
    "release",
    "reverse",
)
# Where units come from and go to, besides operators: one account each in a registry.
OFFICES = ("government", "auction", "surrender", "cancellation")

OPERATORS = Table(
    "operators.csv",
    (
        Column("prefix", cells.code),
        Column("jurisdiction", cells.code),
        Column("accounts", cells.list_of(cells.code)),
        Column("sector", cells.text(100)),
        Column("operators", cells.tonnes),
        optional("operators_fact", cells.text()),
        Column("tonnes", cells.tonnes),
        optional("tonnes_fact", cells.text()),
        optional("reason", cells.text()),
        Column("confidence", CONFIDENCE),
    ),
    ("prefix",),
)
YEAR = Table(
    "year.csv",
    (
        Column("name", cells.text(40)),
        Column("date", cells.day),
        Column("registry", cells.code),
        Column("step", cells.one_of(*STEPS)),
        Column("unit_type", cells.code),
        Column("vintage", cells.text(32)),
        optional("source", cells.list_of(cells.code)),
        optional("destination", cells.text(64)),
        Column("tonnes", cells.tonnes),
        Column("lines", cells.tonnes),
        optional("period", cells.text(32)),
        optional("undoes", cells.text(40)),
        optional("fact", cells.text()),
        optional("reason", cells.text()),
        Column("confidence", CONFIDENCE),
    ),
    ("name",),
)


@dataclass(frozen=True)
class Script:
    """What a scenario's files say. `digest` names exactly this content and reference data."""

    name: str
    version: int
    seed: str
    digest: str
    operators: Rows
    year: Rows

    def group(self, prefix):
        """The row of a group of operators, or None."""
        return next((row for row in self.operators if row["prefix"] == prefix), None)


def holder_code(group, number):
    """The code of one operator: its group and its number, with as many digits as the last has."""
    width = max(3, len(str(group["operators"])))
    return f"{group['prefix']}-{number:0{width}d}"


def operators_at(place, script):
    """(group, number) of one operator, (group, None) of a group; empty where there is none."""
    group = script.group(place)
    if group is not None:
        return group, None
    prefix, _, number = place.rpartition("-")
    group = script.group(prefix)
    if group is None or not number.isascii() or not number.isdigit():
        return ()
    if not 1 <= int(number) <= group["operators"] or place != holder_code(group, int(number)):
        return ()
    return group, int(number)


def conversion_target(unit_type, reference):
    """The unit type that another converts to, or None."""
    for row in reference.conversions:
        if row["from_unit_type"] == unit_type:
            return row["to_unit_type"]
    return None


def scenario_names(root=ROOT):
    """The scenarios that can be loaded."""
    return sorted(path.parent.name for path in root.glob("*/scenario.toml"))


def read_script(directory, problems):
    """The script of a scenario; what is wrong with its rows is added to `problems`.

    None where the heading is wrong. `checked_script` also checks what the rows say.
    """
    directory = Path(directory)
    heading = _heading(directory / "scenario.toml", problems)
    operators = tuple(read_table(directory, OPERATORS, problems))
    year = tuple(read_table(directory, YEAR, problems))
    if heading is None:
        return None
    digest = hashlib.sha256()
    for name in ("scenario.toml", OPERATORS.file, YEAR.file):
        path = directory / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return Script(**heading, digest=digest.hexdigest(), operators=operators, year=year)


HEADING = {"name": str, "version": int, "seed": str}


def _heading(path, problems):
    """Name, version and seed of the scenario; None, and reported, where they are not right."""

    def report(column, message, hint, **data):
        broken = Broken("SCENARIO_HEADING_WRONG", message, hint, **data)
        problems.append(Problem(path.name, 1, column, broken))

    try:
        heading = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        report(
            "-",
            gettext_noop("The file cannot be read: %(reason)s."),
            gettext_noop("Write name, version and seed as TOML."),
            reason=str(error),
        )
        return None
    for name in sorted(HEADING.keys() ^ heading.keys()):
        report(
            name,
            gettext_noop("“%(name)s” is missing, or does not belong here."),
            gettext_noop("Write exactly name, version and seed."),
            name=name,
        )
    for name, kind in HEADING.items():
        if name in heading and type(heading[name]) is not kind:
            report(
                name,
                gettext_noop("“%(name)s” has a value of the wrong kind."),
                gettext_noop("Texts are quoted; the version is a whole number."),
                name=name,
            )
    return None if problems else heading
