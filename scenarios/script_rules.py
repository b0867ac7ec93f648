"""What a scenario's script says, checked against itself and the reference data.

Nothing here touches the database.
"""

from . import cells, vintages
from .broken import Broken, gettext_noop
from .reference import unknown_code
from .script import OFFICES, OPERATORS, YEAR, conversion_target, operators_at, read_script
from .tables import BrokenFiles, Problem

UNDOES = {"release": "freeze", "reverse": "transfer"}


def checked_script(directory, reference):
    """The script of a scenario, all of whose quantities, places and labels hold.

    Raises: BrokenFiles
    """
    problems = []
    script = read_script(directory, problems)
    if script is not None:
        # Rows that could not be read are missing: what names them is not told as well.
        torn = {problem.file for problem in problems}
        problems += [
            Problem(row.file, row.line, column, broken)
            for row, column, broken in _disagreements(script, reference, torn)
        ]
    if problems:
        raise BrokenFiles(problems)
    return script


def _disagreements(script, reference, torn):
    """(row, column, what is wrong) wherever the rows do not fit each other or the reference."""
    known = {name: reference.by_code(name) for name in ("jurisdictions", "registries")}
    for row in script.operators:
        if row["jurisdiction"] not in known["jurisdictions"]:
            yield row, "jurisdiction", unknown_code(row["jurisdiction"], "jurisdictions")
        for code in row["accounts"]:
            if code not in known["registries"]:
                yield row, "accounts", unknown_code(code, "registries")
        if row["tonnes"] < row["operators"]:
            yield (
                row,
                "tonnes",
                Broken(
                    "SIZE_TOO_SMALL",
                    gettext_noop("%(tonnes)s tonnes are less than one for each operator."),
                    gettext_noop("Give more tonnes or fewer operators."),
                    tonnes=row["tonnes"],
                ),
            )
        yield from _tied(row, "operators", "operators_fact", reference)
        yield from _tied(row, "tonnes", "tonnes_fact", reference)
        if not row["reason"] and not (row["operators_fact"] and row["tonnes_fact"]):
            yield row, "reason", _unexplained()
    earlier = {}
    for row in script.year:
        yield from _tied(row, "tonnes", "fact", reference)
        if not row["reason"] and not row["fact"]:
            yield row, "reason", _unexplained()
        yield from _step(row, reference)
        if OPERATORS.file not in torn:
            for column in ("source", "destination"):
                yield from _place(row, column, script, reference)
        if YEAR.file not in torn:
            yield from _undone(row, earlier)
        earlier[row["name"]] = row


def _tied(row, column, fact_column, reference):
    """A quantity that names a fact equals it."""
    if row[fact_column] is None:
        return
    words = row[fact_column].split(" ")
    fact = None
    if len(words) == 4 and all(words):
        try:
            valid_from = None if words[3] == "-" else cells.day(words[3])
            fact = reference.fact(*words[:3], valid_from)
        except Broken:
            fact = None
    if fact is None:
        yield (
            row,
            fact_column,
            Broken(
                "FACT_UNKNOWN",
                gettext_noop("“%(fact)s” is no fact of the reference data."),
                gettext_noop("Write subject, topic, parameter and first day, or “-” for none."),
                fact=row[fact_column],
            ),
        )
    elif fact["value"] != str(row[column]):
        yield (
            row,
            column,
            Broken(
                "FACT_DIFFERS",
                gettext_noop("%(found)s is written; %(file)s, line %(line)s says %(stated)s."),
                gettext_noop("Write the same, or take the fact away and say why."),
                found=row[column],
                stated=fact["value"],
                file=fact.file,
                line=fact.line,
            ),
        )


def _unexplained():
    return Broken(
        "ASSUMPTION_UNEXPLAINED",
        gettext_noop("The quantity ties to no fact, and nothing says why it was assumed."),
        gettext_noop("Name the fact, or give the reason."),
    )


def _step(row, reference):
    """What is wrong with one step of the year."""
    unit_type = reference.by_code("unit_types").get(row["unit_type"])
    if row["registry"] not in reference.by_code("registries"):
        yield row, "registry", unknown_code(row["registry"], "registries")
    if unit_type is None:
        yield row, "unit_type", unknown_code(row["unit_type"], "unit_types")
    else:
        if unit_type["registry"] != row["registry"]:
            yield (
                row,
                "registry",
                Broken(
                    "REGISTRY_WRONG",
                    gettext_noop("%(registry)s does not issue %(unit_type)s."),
                    gettext_noop("Write %(issuer)s."),
                    registry=row["registry"],
                    unit_type=row["unit_type"],
                    issuer=unit_type["registry"],
                ),
            )
        yield from _label(row, "vintage", row["unit_type"], reference)
    if (row["step"] == "surrender") != (row["period"] is not None):
        yield (
            row,
            "period",
            Broken(
                "PERIOD_WRONG",
                gettext_noop(
                    "A surrender names the period that it is for, and no other step does."
                ),
                gettext_noop("Add or remove the period."),
            ),
        )
    if row["step"] == "transfer" and row["lines"] != 1:
        yield (
            row,
            "lines",
            Broken(
                "LINES_TOO_MANY",
                gettext_noop("A transfer is one line; many are a trade."),
                gettext_noop("Write 1, or make the step a trade."),
            ),
        )
    if row["lines"] > row["tonnes"]:
        yield (
            row,
            "lines",
            Broken(
                "LINES_TOO_MANY",
                gettext_noop("There are more lines than tonnes."),
                gettext_noop("Give each line at least one tonne."),
            ),
        )


def _label(row, column, unit_type, reference):
    try:
        vintages.read(row[column], reference.convention(unit_type))
    except Broken as broken:
        yield row, column, broken


# The places that each step may name: O for operators, else the office's name; none: empty.
PLACES = {
    "issue": ((), ("government", "O")),
    "allocate": (("government",), ("O",)),
    "auction": (("auction",), ("O",)),
    "trade": (("O",), ("O",)),
    "transfer": (("government", "auction", "O"), ("government", "auction", "O")),
    "convert": (("O",), None),
    "surrender": (("O",), ("surrender",)),
    "cancel": (("O",), ("cancellation",)),
    "freeze": (("O",), ()),
    "release": (("O",), ()),
    "reverse": (("O",), ("O",)),
}


def _place(row, column, script, reference):
    """Source and destination are such as the step may have, and their accounts exist."""
    allowed = PLACES[row["step"]][column == "destination"]
    if allowed is None:
        yield from _conversion(row, reference)
        return
    places = row[column] or ()
    places = tuple(places.split(";")) if isinstance(places, str) else places
    if bool(places) != bool(allowed):
        yield row, column, _place_wrong(row, allowed)
    for place in places if allowed else ():
        if place in OFFICES:
            if place not in allowed:
                yield row, column, _place_wrong(row, allowed)
            continue
        groups = operators_at(place, script)
        if not groups or "O" not in allowed:
            yield row, column, _place_wrong(row, allowed)
        elif row["registry"] not in groups[0]["accounts"]:
            yield (
                row,
                column,
                Broken(
                    "ACCOUNT_MISSING",
                    gettext_noop("%(place)s has no account in %(registry)s."),
                    gettext_noop("Add the registry to the accounts of the group in operators.csv."),
                    place=place,
                    registry=row["registry"],
                ),
            )


def _place_wrong(row, allowed):
    words = ["operators.csv" if place == "O" else place for place in allowed]
    return Broken(
        "PLACE_WRONG",
        gettext_noop("The step %(step)s does not name this place."),
        gettext_noop("Name one of: %(allowed)s."),
        step=row["step"],
        allowed=", ".join(words) or "-",
    )


def _conversion(row, reference):
    """The destination of a conversion is the label of the unit type that it converts to."""
    target = conversion_target(row["unit_type"], reference)
    if target is None:
        yield (
            row,
            "unit_type",
            Broken(
                "CONVERSION_UNKNOWN",
                gettext_noop("%(unit_type)s converts to nothing."),
                gettext_noop("Add the conversion to unit_type_conversions.csv."),
                unit_type=row["unit_type"],
            ),
        )
    elif row["destination"] is None:
        yield row, "destination", _place_wrong(row, ())
    else:
        yield from _label(row, "destination", target, reference)


def _undone(row, earlier):
    """A release or reversal names an earlier step of the right kind; no other step names one."""
    wanted = UNDOES.get(row["step"])
    named = earlier.get(row["undoes"])
    if wanted is None and row["undoes"] is None:
        return
    if (
        wanted is None
        or named is None
        or named["step"] != wanted
        or named["date"] > row["date"]
        or any(named[column] != row[column] for column in ("unit_type", "vintage", "tonnes"))
    ):
        yield (
            row,
            "undoes",
            Broken(
                "UNDOES_WRONG",
                gettext_noop("The step does not undo “%(name)s”."),
                gettext_noop(
                    "A release names an earlier freeze of the same, a reversal a transfer."
                ),
                name=row["undoes"] or "-",
            ),
        )
